// SPDX-License-Identifier: GPL-3.0-or-later
// The viewer: one state, shown by the map, the controls and the address.
import { copyWithButton, say } from './copy.js';
import { isFrame, parsePosition } from './coords.js';
import { Moc } from './moc.js';
import { Panel } from './panel.js';
import { PixelReader } from './pixel.js';
import { Progenitors, holds } from './progenitors.js';
import { Readout } from './readout.js';
import { Sky, kWideField } from './sky.js';
import { kStretches, readState, writeState } from './state.js';

const part = (id) => document.getElementById(id);
const config = JSON.parse(part('config').textContent);
const root = new URL(config.root, document.baseURI);

const addressOf = (path) => new URL(path.slice(1), root).href;

// ---- the survey ------------------------------------------------------------

// What `properties` say, with what Aladin Lite assumes where they say nothing.
function surveyOf({ path, title, properties, moc, progenitors }) {
  const known = ['png', 'webp', 'jpeg', 'fits'];  // the default is the first
  const words = (properties.hips_tile_format ?? '').toLowerCase().split(/\s+/)
    .map((word) => (word === 'jpg' ? 'jpeg' : word));
  const number = (key, otherwise) => {
    const value = parseFloat(properties[key]);
    return Number.isFinite(value) ? value : otherwise;
  };
  const cut = (properties.hips_pixel_cut ?? '').trim().split(/\s+/).map(Number);
  const hasCut = cut.length === 2 && cut[0] < cut[1];
  const frame = properties.hips_frame ?? 'equatorial';
  return {
    path, title, base: addressOf(path), hasMoc: moc, hasProgenitors: progenitors,
    frame: isFrame(frame) ? frame : 'equatorial',
    formats: known.filter((format) => words.includes(format)),
    order: Math.min(20, number('hips_order', 3)),
    tileWidth: number('hips_tile_width', 512),
    hasCut, cut: hasCut ? cut : [0, 1],
    stretch: kStretches.includes(properties.hips_pixel_function)
      ? properties.hips_pixel_function : 'linear',
    unit: properties.hips_bunit ?? '',
    ra: number('hips_initial_ra', 0), dec: number('hips_initial_dec', 0),
    fov: wholeWhenWide(number('hips_initial_fov', 60)),
  };
}

function wholeWhenWide(fov) {
  return fov > kWideField ? 360 : fov;
}

const survey = surveyOf(config);
const defaults = {
  ra: survey.ra, dec: survey.dec, fov: survey.fov,
  format: survey.formats[0], cut: survey.cut, stretch: survey.stretch,
  cmap: 'native', invert: false, grid: false, frame: 'icrs', moc: false,
  images: false, under: '', opacity: 70,
};

// ---- the state and its address ---------------------------------------------

class Viewer {
  constructor() {
    const surveys = [...part('survey').options].map((option) => option.value);
    this.choices = { formats: survey.formats, surveys };
    this.state = readState(location.hash, defaults, this.choices);
    this.records = [];
  }

  async start() {
    this.moc = survey.hasMoc ? this.fetchMoc() : Promise.resolve(null);
    this.pixels = new PixelReader(survey, this.moc);
    this.progenitors = new Progenitors(survey, this.moc);
    this.sky = await Sky.start(part('sky'), survey, this.state);
    this.panel = new Panel(survey, (what, dragging) =>
      this.change(what, dragging));
    this.readout = new Readout(this.sky, this.pixels, survey.unit,
                               (direction) => this.imagesAt(direction));
    this.sky.onMove(() => this.moved());
    addEventListener('popstate', () => this.followAddress());
    part('state').hidden = true;
    part('zoom').hidden = false;
    part('share').disabled = false;
    await this.show();
    this.keepAddress(false);
    document.documentElement.dataset.ready = 'yes';
  }

  async fetchMoc() {
    try {
      const answer = await fetch(`${survey.base}/Moc.fits`);
      if (!answer.ok) return null;
      this.mocBytes = await answer.arrayBuffer();
      const moc = await Moc.read(this.mocBytes);
      // Aladin Lite draws coverages in ICRS only.
      part('moc-row').hidden = moc.frame !== 'equatorial';
      return moc;
    } catch {
      part('moc-row').hidden = true;
      return null;
    }
  }

  async show() {
    const { state } = this;
    this.panel.show(state);
    this.sky.setGrid(state.grid);
    this.sky.setFrame(state.frame);
    this.readout.frame = state.frame;
    const below = state.under && {
      base: addressOf(state.under),
      title: part('under').selectedOptions[0]?.text ?? '',
    };
    await this.sky.show(state, below);
    const moc = await this.moc;
    if (moc?.frame === 'equatorial')
      this.sky.setMoc(state.moc, this.mocBytes.slice(0));
    this.showImages();
    this.readout.update();
  }

  // A choice of the user: shown, and one step of the history.
  change(what, dragging = false) {
    Object.assign(this.state, what);
    if (dragging) {
      this.panel.showCut(this.state.cut);
      this.sky.own.setOptions(this.sky.options(this.state));
      return;
    }
    this.show();
    this.keepAddress(true);
  }

  moved() {
    Object.assign(this.state, this.sky.where());
    this.readout.update();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      // Aladin Lite takes a new size in a moment after it tells of it.
      Object.assign(this.state, this.sky.where());
      this.readout.update();
      this.keepAddress(false);
      this.showImages();
    }, 350);
  }

  // [ra, dec] as many digits as a pixel of the screen needs.
  keepAddress(as_step) {
    const digits = Math.min(8, Math.max(3, 1 - Math.floor(
      Math.log10(this.sky.scale))));
    const { ra, dec, fov } = this.state;
    const address = writeState({
      ...this.state, ra: +ra.toFixed(digits), dec: +dec.toFixed(digits),
      fov: +fov.toPrecision(5),
    }, defaults);
    if (address === location.hash) return;
    if (as_step) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  followAddress() {
    this.state = readState(location.hash, defaults, this.choices);
    this.sky.lookAt(this.state.ra, this.state.dec, this.state.fov);
    this.show();
  }

  lookAt(ra, dec, fov) {
    this.keepAddress(false);
    this.sky.lookAt(ra, dec, fov);
    Object.assign(this.state, this.sky.where());
    this.keepAddress(true);
    this.moved();
  }

  // ---- original images -----------------------------------------------------

  async showImages() {
    if (!this.state.images || !survey.hasProgenitors) {
      if (this.records.length) this.drawImages([]);
      part('images-state').textContent = '';
      return;
    }
    const turn = this.imagesTurn = (this.imagesTurn ?? 0) + 1;
    let records;
    try {
      records = await this.progenitors.inView(this.sky.directions());
    } catch {
      part('images-state').textContent = 'The list of images is not to be had.';
      return;
    }
    if (turn !== this.imagesTurn || !this.state.images) return;
    this.drawImages(records);
    part('images-state').textContent =
      records.length === 1 ? '1 image in view' : `${records.length} in view`;
  }

  drawImages(records) {
    this.records = records;
    this.sky.setImages(records);
    this.panel.showImages(
      records,
      ({ polygons: [corners] }) => this.lookAt(...centreOf(corners)),
      (record) =>
        this.sky.setImages(this.records, new Set(record ? [record.name] : [])));
    this.readout.update();
  }

  imagesAt(direction) {
    return this.records
      .filter(({ vectors }) => vectors.some((v) => holds(v, direction)))
      .map(({ name }) => name);
  }
}

// The middle of a polygon's corners, on the sphere.
function centreOf(corners) {
  const sum = [0, 0, 0];
  for (const [ra, dec] of corners) {
    const lon = ra * Math.PI / 180;
    const lat = dec * Math.PI / 180;
    sum[0] += Math.cos(lat) * Math.cos(lon);
    sum[1] += Math.cos(lat) * Math.sin(lon);
    sum[2] += Math.sin(lat);
  }
  const ra = Math.atan2(sum[1], sum[0]) * 180 / Math.PI;
  return [(ra + 360) % 360,
          Math.atan2(sum[2], Math.hypot(sum[0], sum[1])) * 180 / Math.PI];
}

// ---- keys and buttons ------------------------------------------------------

function listenToKeys(viewer) {
  const { sky, readout } = viewer;
  const home = () => viewer.lookAt(survey.ra, survey.dec, survey.fov);
  part('sky').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = event.shiftKey ? 0.01 : 0.1;
    const actions = {
      ArrowLeft: () => sky.step(-by, 0), ArrowRight: () => sky.step(by, 0),
      ArrowUp: () => sky.step(0, -by), ArrowDown: () => sky.step(0, by),
      '+': () => sky.zoom(1 / 1.4), '=': () => sky.zoom(1 / 1.4),
      '-': () => sky.zoom(1.4), Home: home,
      v: async () => say(await readout.inWords()),
    };
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    readout.pointer = null;  // the keys speak of the middle
    action();
    viewer.moved();
  });
  part('in').addEventListener('click', () => sky.zoom(1 / 1.4));
  part('out').addEventListener('click', () => sky.zoom(1.4));
  part('start').addEventListener('click', home);
}

function listenToGo(viewer) {
  const target = part('target');
  part('controls').addEventListener('submit', (event) => {
    event.preventDefault();
    const place = parsePosition(target.value);
    target.setAttribute('aria-invalid', String(!place));
    if (!place) {
      say('Not a position that can be read');
      target.focus();
      return;
    }
    viewer.lookAt(...place);
    say('Moved');
  });
  target.addEventListener('input', () => target.removeAttribute('aria-invalid'));
}

function listenToTools(viewer) {
  part('survey').addEventListener('change', (event) => {
    // The place stays: surveys are there to be compared.
    const { ra, dec, fov } = viewer.state;
    const address = new URL(`view${event.target.value}`, root);
    address.hash = writeState({ ra: +ra.toFixed(6), dec: +dec.toFixed(6),
                                fov: +fov.toPrecision(5) }, {});
    location.assign(address);
  });
  part('share').addEventListener('click', () => {
    viewer.keepAddress(false);
    copyWithButton(part('share'), location.href, 'Link');
  });
  const full = part('full');
  full.hidden = !document.fullscreenEnabled;
  full.addEventListener('click', () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  });
  document.addEventListener('fullscreenchange', () =>
    full.setAttribute('aria-pressed', String(!!document.fullscreenElement)));
}

// The panel folds away beside the map; on a phone its grip opens it.
function listenToPanel() {
  const fold = part('fold');
  fold.addEventListener('click', () => {
    const folded = document.documentElement.classList.toggle('folded');
    fold.setAttribute('aria-expanded', String(!folded));
  });
  const grip = part('grip');
  grip.addEventListener('click', () => {
    const open = part('panel').classList.toggle('open');
    grip.setAttribute('aria-expanded', String(open));
    grip.querySelector('.label').textContent = open ? 'Close' : 'Controls';
  });
  part('panel').addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !part('panel').classList.contains('open'))
      return;
    grip.click();
    grip.focus();
  });
  document.querySelector('.skip').addEventListener('click', () => {
    if (document.documentElement.classList.contains('folded')) fold.click();
    if (grip.offsetParent && !part('panel').classList.contains('open'))
      grip.click();
  });
}

function listenToAddresses() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) return;
    const address = button.parentNode.querySelector('code').textContent;
    copyWithButton(button, address, 'Address');
  });
}

async function main() {
  listenToPanel();
  listenToAddresses();
  if (survey.formats.length === 0) {
    part('state').textContent =
      'The survey names no tile format that a browser can show.';
    return;
  }
  const viewer = new Viewer();
  try {
    await viewer.start();
  } catch (problem) {
    part('state').hidden = false;
    part('state').textContent =
      `The sky cannot be shown here (${problem.message ?? problem}); what is ` +
      'said about the survey is not affected.';
    return;
  }
  listenToKeys(viewer);
  listenToGo(viewer);
  listenToTools(viewer);
}

main();
