// SPDX-License-Identifier: GPL-3.0-or-later
// Copying text, and telling everybody that it was copied.

// navigator.clipboard exists on https and localhost only.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    const focused = document.activeElement;
    area.value = text;
    area.className = 'vh';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    focused?.focus();
    return done;
  }
}

// Said again although it is the same: a status that does not change is silent.
export function say(text) {
  const status = document.getElementById('said');
  status.textContent = '';
  setTimeout(() => { status.textContent = text; }, 50);
}

// The button's label says so for two seconds; a screen reader hears it.
export async function copyWithButton(button, text, what) {
  const label = button.querySelector('.label');
  button.dataset.before ??= label.textContent;
  const done = await copyText(text);
  label.textContent = done ? 'Copied' : 'Not allowed here';
  button.classList.toggle('done', done);
  say(done ? `${what} copied` : `${what}: the browser does not allow copying`);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = button.dataset.before;
    button.classList.remove('done');
  }, 2000);
}
