// SPDX-License-Identifier: GPL-3.0-or-later
// Aladin Lite, as much of it as the viewer needs.
import { toVector } from './coords.js';

export const kWideField = 120;  // degrees; from here on the view is a map
const kMocColour = '#4fd1c5';
const kImageColour = '#ffb347';
const kTopLayer = 'survey';

// Aladin Lite writes its styles into a <style>, which our security policy does
// not let pass; as a sheet of the document they may come from a script.
function withStylesOfDocument(make) {
  const styles = [];
  const createElement = document.createElement;
  document.createElement = function (name, ...rest) {
    if (name !== 'style') return createElement.call(this, name, ...rest);
    const holder = createElement.call(this, 'script', ...rest);
    holder.type = 'text/plain';
    styles.push(holder);
    return holder;
  };
  try {
    return make();
  } finally {
    delete document.createElement;
    for (const { textContent } of styles) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(textContent);
      document.adoptedStyleSheets.push(sheet);
    }
  }
}

export class Sky {
  // survey  { base, title, fov }
  static async start(element, survey, state) {
    const { default: A } = await import('./aladin.js');
    await A.init;
    return new Sky(A, element, survey, state);
  }

  constructor(A, element, survey, state) {
    this.A = A;
    this.element = element;
    this.own = A.imageHiPS(survey.base, { name: survey.title,
                                          ...this.options(state) });
    this.below = '';
    this.aladin = withStylesOfDocument(() => A.aladin(element, {
      survey: this.own, mode: 'dark', log: false, hipsList: [], samp: false,
      target: `${state.ra} ${state.dec}`, fov: this.widthOf(state.fov),
      cooFrame: 'ICRS',  // of the target too; show() sets the one wanted
      projection: survey.fov > kWideField ? 'AIT' : 'SIN',
      backgroundColor: 'rgb(11, 15, 20)', showReticle: false,
      gridOptions: { enabled: state.grid, color: 'rgb(150, 175, 210)',
                     opacity: 0.6, labelSize: 13, showLabels: true,
                     thickness: 1 },
      showZoomControl: false, showLayersControl: false,
      showFullscreenControl: false, showSimbadPointerControl: false,
      showCooGridControl: false, showSettingsControl: false,
      showColorPickerControl: false, showShareControl: false,
      showFrame: false, showFov: false, showCooLocation: false,
      showProjectionControl: false, showContextMenu: false,
      showStatusBar: false,
    }));
    this.images = A.graphicOverlay({ name: 'images', color: kImageColour,
                                     lineWidth: 1.5 });
    this.aladin.addOverlay(this.images);
  }

  // ---- what is shown -------------------------------------------------------

  // Cut and stretch are for FITS: pictures have theirs in them already.
  options(state) {
    const isFits = state.format === 'fits';
    return {
      imgFormat: state.format,
      colormap: isFits && state.cmap === 'native' ? 'grayscale' : state.cmap,
      stretch: isFits ? state.stretch : 'linear',
      reversed: state.invert,
      opacity: state.under ? state.opacity / 100 : 1,
      ...(isFits && { minCut: state.cut[0], maxCut: state.cut[1] }),
    };
  }

  // below  { base, title } of the survey to lie over, or null
  async show(state, below) {
    this.own.setOptions(this.options(state));
    const address = below?.base ?? '';
    if (address === this.below) return;
    this.below = address;
    this.aladin.removeImageLayer(kTopLayer);
    if (below) {
      this.aladin.setBaseImageLayer(
        this.A.imageHiPS(below.base, { name: below.title }));
      this.aladin.setOverlayImageLayer(this.own, kTopLayer);
    } else {
      this.aladin.setBaseImageLayer(this.own);
    }
    await this.own.query;
    this.own.setOptions(this.options(state));
  }

  setGrid(on) {
    this.aladin.setCooGrid({ enabled: on });
  }

  setFrame(frame) {
    this.aladin.setFrame(frame === 'galactic' ? 'galactic' : 'ICRS');
  }

  // bytes  of Moc.fits, ICRS; only the first call needs them
  setMoc(on, bytes) {
    if (!this.moc && on) {
      this.moc = this.A.MOCFromURL(bytes, {
        name: 'coverage', color: kMocColour, lineWidth: 2, perimeter: true,
      });
      this.aladin.addMOC(this.moc);
    } else if (this.moc) {
      if (on) this.moc.show();
      else this.moc.hide();
    }
  }

  // Outlines of records {name, polygons}; those whose name is in `marked`
  // stand out.
  setImages(records, marked = new Set()) {
    this.images.removeAll();
    const outlines = records.flatMap(({ name, polygons }) =>
      polygons.map((corners) => this.A.polygon(corners.map((c) => [...c]), {
        color: kImageColour, lineWidth: marked.has(name) ? 4 : 1.5,
      })));
    this.images.addFootprints(outlines);
  }

  // ---- where ---------------------------------------------------------------

  // The viewer counts fields by the width of the view, we by its smaller side:
  // a link shows the same part of the sky on a desk and on a phone.
  widthOf(fov) {
    const { width, height } = this.element.getBoundingClientRect();
    return fov * Math.max(1, width / height);
  }

  lookAt(ra, dec, fov) {
    this.aladin.gotoRaDec(ra, dec);
    if (fov) this.aladin.setFoV(this.widthOf(fov));
  }

  zoom(factor) {
    this.aladin.setFoV(this.aladin.getFov()[0] * factor);
  }

  // { ra, dec, fov } of the view; position and field in degrees.
  where() {
    const [ra, dec] = this.middle;
    const { width, height } = this.element.getBoundingClientRect();
    return { ra, dec,
             fov: this.aladin.getFov()[0] / Math.max(1, width / height) };
  }

  // Degrees of a pixel of the screen.
  get scale() {
    return this.aladin.getFov()[0] / this.element.clientWidth;
  }

  // [ra, dec] at a place of the element; null where there is no sky.
  skyAt(x, y) {
    try {
      const [ra, dec] = this.aladin.pix2world(x, y, 'ICRS');
      return Number.isFinite(ra) && Number.isFinite(dec) ? [ra, dec] : null;
    } catch {
      return null;
    }
  }

  get middle() {
    return this.aladin.getRaDec();
  }

  // Moves by a share of the view: (1, 0) is one width to the right.
  step(across, down) {
    const { clientWidth, clientHeight } = this.element;
    const place = this.skyAt((0.5 + across) * clientWidth,
                             (0.5 + down) * clientHeight);
    if (place) this.aladin.gotoRaDec(...place);
  }

  // Directions spread over the view.
  directions() {
    const { clientWidth, clientHeight } = this.element;
    const found = [];
    const across = 16;
    const down = 16;
    for (let i = 0; i <= across; ++i)
      for (let j = 0; j <= down; ++j) {
        const place = this.skyAt(i / across * clientWidth,
                                 j / down * clientHeight);
        if (place) found.push(toVector(...place));
      }
    return found;
  }

  onMove(callback) {
    for (const event of ['positionChanged', 'zoomChanged', 'resizeChanged'])
      this.aladin.on(event, callback);
  }
}
