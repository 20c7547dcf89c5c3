// SPDX-License-Identifier: GPL-3.0-or-later
// The list of surveys: copying addresses, and finding one among many.
import { copyWithButton } from './copy.js';

const kFew = 6;  // more than these get a box to search in

document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-copy]');
  if (!button) return;
  const address = button.parentNode.querySelector('code').textContent;
  copyWithButton(button, address, 'Address');
});

// What can be searched for: the text of the card without its coordinates.
const cards = [...document.querySelectorAll('.hips')].map((element) => ({
  element,
  text: ['h2', '.id', '.about', '.facts', 'details']
    .map((part) => element.querySelector(part)?.textContent ?? '')
    .join(' ').toLowerCase(),
}));

function show(words) {
  let count = 0;
  for (const { element, text } of cards) {
    element.hidden = !words.every((word) => text.includes(word));
    if (!element.hidden) ++count;
  }
  document.getElementById('found').textContent =
    words.length === 0 ? '' : `${count} of ${cards.length}`;
}

if (cards.length > kFew) {
  const form = document.getElementById('find');
  const box = document.getElementById('words');
  const search = () =>
    show(box.value.toLowerCase().split(/\s+/).filter(Boolean));
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  box.addEventListener('input', search);
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    box.value = '';
    search();
  });
  search();  // a browser may have kept the words
}
