// SPDX-License-Identifier: GPL-3.0-or-later
// Position and value under the pointer, or in the middle of the view when the
// pointer is elsewhere: so the keyboard reads values too.
import { dmsText, fromIcrs, hmsText, secondDigits, signedText, toAngles,
         toVector } from './coords.js';
import { valueText } from './pixel.js';

const kRest = 150;  // ms that the pointer must rest before a tile is fetched

export class Readout {
  // images  (direction) => names of the images there
  constructor(sky, pixels, unit, images) {
    this.sky = sky;
    this.pixels = pixels;
    this.unit = unit;
    this.images = images;
    this.frame = 'icrs';
    this.pointer = null;
    this.turn = 0;  // of reading: a late answer is not shown
    this.part = (id) => document.getElementById(id);
    this.part('readout').hidden = false;
    this.watch();
  }

  watch() {
    const { element } = this.sky;
    element.addEventListener('pointermove', (event) => {
      const box = element.getBoundingClientRect();
      this.pointer = event.pointerType === 'mouse'
        ? [event.clientX - box.left, event.clientY - box.top] : null;
      this.update(event.buttons !== 0);
    });
    element.addEventListener('pointerleave', () => {
      this.pointer = null;
      this.update();
    });
  }

  // dragging  no value while everything moves
  update(dragging = false) {
    document.querySelector('.stage').classList.toggle('middle', !this.pointer);
    const place = this.pointer ? this.sky.skyAt(...this.pointer)
      : this.sky.middle;
    this.showPlace(place);
    const turn = ++this.turn;
    clearTimeout(this.timer);
    if (!place) this.showValue('', '');
    else if (!dragging)
      this.timer = setTimeout(() => this.read(place, turn), kRest);
  }

  showPlace(place) {
    this.part('sexagesimal').textContent = place ? this.sexagesimal(place) : '';
    this.part('degrees').textContent = place ? this.degrees(place) : '';
    this.part('under-pointer').textContent = place ? this.names(place) : '';
  }

  sexagesimal([ra, dec]) {
    const digits = secondDigits(this.sky.scale);
    return `${hmsText(ra, Math.min(4, digits + 1))}  ${dmsText(dec, digits)}`;
  }

  degrees([ra, dec]) {
    const digits =
      Math.min(7, Math.max(2, Math.ceil(-Math.log10(this.sky.scale))));
    if (this.frame !== 'galactic')
      return `${ra.toFixed(digits)}°  ${signedText(dec, digits)}°`;
    const [l, b] = toAngles(fromIcrs('galactic', toVector(ra, dec)));
    return `l ${l.toFixed(digits)}°  b ${signedText(b, digits)}°`;
  }

  names(place) {
    const names = this.images(toVector(...place));
    const more = names.length - 3;
    return names.slice(0, 3).join(', ') + (more > 0 ? ` and ${more} more` : '');
  }

  // Shows the value at [ra, dec]; says what it shows.
  async read(place, turn = ++this.turn) {
    if (!this.pixels.works) return '';
    let text = '';
    let value = '';
    try {
      const pixel = await this.pixels.at(toVector(...place));
      text = pixel ? valueText(pixel.value, this.unit || pixel.unit)
        : 'outside the coverage';
      value = pixel ? String(pixel.value) : '';
    } catch {
      text = 'value not to be had';
    }
    if (turn === this.turn) this.showValue(text, value);
    return text;
  }

  // value  as it is in the tile, for programs
  showValue(text, value) {
    const part = this.part('value');
    part.textContent = text;
    part.dataset.value = value;
  }

  // Position and value in the middle, in words.
  async inWords() {
    const place = this.sky.middle;
    const words = [this.sexagesimal(place), await this.read(place),
                   this.names(place)];
    return words.filter(Boolean).join(', ');
  }
}
