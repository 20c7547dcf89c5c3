// SPDX-License-Identifier: GPL-3.0-or-later
// The controls beside the map: they show a state and report what was changed.
import { kColours } from './state.js';
import { unitText } from './pixel.js';

const kFormatNames = { fits: 'FITS', png: 'PNG', jpeg: 'JPEG', webp: 'WebP' };
const kColourNames = {
  native: 'as they are', grayscale: 'grey', redtemperature: 'red temperature',
  rdbu: 'red and blue',
};

const part = (id) => document.getElementById(id);

function numberText(value) {
  return String(+value.toPrecision(5));
}

export class Panel {
  // survey   as in viewer.js
  // change   called with what differs: { cut: [0, 1] }; a second argument is
  //          true while it is still being dragged
  constructor(survey, change) {
    this.survey = survey;
    this.change = change;
    this.fillChoices();
    this.listen();
    this.listenToCut();
    part('controls').hidden = false;
  }

  fillChoices() {
    const formats = part('formats');
    for (const format of this.survey.formats) {
      const label = document.createElement('label');
      const input = document.createElement('input');
      Object.assign(input, { type: 'radio', name: 'format', value: format });
      label.append(input, kFormatNames[format]);
      formats.append(label);
    }
    formats.hidden = this.survey.formats.length < 2;
    for (const name of ['native', ...kColours])
      part('cmap').add(new Option(kColourNames[name] ?? name, name));
    for (const { value, text } of part('survey').options)
      if (value !== this.survey.path) part('under').add(new Option(text, value));
    part('below').hidden = part('under').options.length < 2;
    part('moc-row').hidden = !this.survey.hasMoc;
    part('images-row').hidden = !this.survey.hasProgenitors;
    part('unit').textContent = unitText(this.survey.unit);
    part('own-cut').hidden = !this.survey.hasCut;
  }

  listen() {
    part('formats').addEventListener('change', (event) =>
      this.change({ format: event.target.value }));
    for (const id of ['stretch', 'cmap', 'frame', 'under'])
      part(id).addEventListener('change', () =>
        this.change({ [id]: part(id).value }));
    for (const id of ['invert', 'grid', 'moc', 'images'])
      part(id).addEventListener('change', () =>
        this.change({ [id]: part(id).checked }));
    part('opacity').addEventListener('input', () =>
      this.change({ opacity: Number(part('opacity').value) }));
    part('own-cut').addEventListener('click', () =>
      this.change({ cut: this.survey.cut }));
  }

  // Numbers are typed, stepped by the arrow keys, or dragged by their labels.
  listenToCut() {
    for (const [i, id] of ['low', 'high'].entries()) {
      const input = part(id);
      const set = (value, dragging) => {
        const cut = [...this.cut];
        cut[i] = value;
        if (Number.isFinite(value) && cut[0] < cut[1])
          this.change({ cut }, dragging);
        else if (!dragging) this.showCut(this.cut);
      };
      input.addEventListener('change', () => set(Number(input.value)));
      input.addEventListener('keydown', (event) => {
        const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
        const step = steps[event.key];
        if (!step) return;
        event.preventDefault();
        set(this.cut[i] + step * this.width * (event.shiftKey ? 0.001 : 0.01));
      });
      this.listenToDrag(input, i, set);
    }
  }

  listenToDrag(input, i, set) {
    const label = document.querySelector(`label[for=${input.id}]`);
    let start = null;
    label.addEventListener('pointerdown', (event) => {
      if (part('tones').disabled) return;
      start = { x: event.clientX, value: this.cut[i], width: this.width };
      label.setPointerCapture(event.pointerId);
    });
    label.addEventListener('pointermove', (event) => {
      if (!start) return;
      set(start.value + (event.clientX - start.x) * start.width / 150, true);
    });
    for (const end of ['pointerup', 'pointercancel'])
      label.addEventListener(end, () => {
        if (start) this.change({ cut: this.cut });
        start = null;
      });
  }

  get width() {
    return this.cut[1] - this.cut[0];
  }

  show(state) {
    const isFits = state.format === 'fits';
    for (const input of part('formats').querySelectorAll('input'))
      input.checked = input.value === state.format;
    for (const id of ['stretch', 'cmap', 'frame', 'under', 'opacity'])
      part(id).value = state[id];
    for (const id of ['invert', 'grid', 'moc', 'images'])
      part(id).checked = state[id];
    const [native, grey] = part('cmap').options;
    native.text = isFits ? 'grey' : kColourNames.native;
    grey.hidden = isFits;
    part('opacity-row').hidden = !state.under;
    part('tones').disabled = !isFits;
    const help = part('tones-help');
    help.hidden = isFits;
    help.textContent = this.survey.formats.includes('fits')
      ? `${kFormatNames[state.format]} tiles have their cut and stretch in ` +
        'them; FITS can be set.'
      : `${kFormatNames[state.format]} tiles have their cut and stretch in ` +
        'them.';
    this.showCut(state.cut);
  }

  showCut(cut) {
    this.cut = cut;
    part('low').value = numberText(cut[0]);
    part('high').value = numberText(cut[1]);
  }

  // The names of original images, as buttons.
  //
  // go    called with a record to look at it
  // mark  called with a record to let it stand out, or null
  showImages(records, go, mark) {
    const kMost = 100;
    const items = records.slice(0, kMost).map((record) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = record.name;
      button.addEventListener('click', () => go(record));
      for (const on of ['pointerenter', 'focus'])
        button.addEventListener(on, () => mark(record));
      for (const off of ['pointerleave', 'blur'])
        button.addEventListener(off, () => mark(null));
      item.append(button);
      return item;
    });
    part('names').replaceChildren(...items);
  }
}
