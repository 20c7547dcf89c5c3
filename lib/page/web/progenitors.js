// SPDX-License-Identifier: GPL-3.0-or-later
// The images that a survey was made of: their outlines and names.
//
// Read from HpxFinder/: a file a cell, a JSON object a line with `name` and
// `stc` ("POLYGON J2000 ra dec ..."), as Hipsgen and hipsgen write them.
import { fromIcrs, toVector } from './coords.js';
import { cellOf, npixOf, tilePath } from './healpix.js';

const kLowestOrder = 3;
const kManyCells = 24;   // files to fetch for one view
const kMaxCorners = 400;
const kMaxRecords = 20000;
const kMaxBytes = 32e6;  // of one file

// Polygons of an STC-S text, each a list of [ra, dec]; what is none is left
// out.
export function parsePolygons(text) {
  const words = String(text).trim().split(/\s+/);
  const polygons = [];
  for (let i = 0; i < words.length; ++i) {
    if (words[i].toLowerCase() !== 'polygon') continue;
    if (/^[a-z]/i.test(words[i + 1] ?? '')) ++i;  // the frame
    const corners = [];
    while (corners.length < kMaxCorners) {
      const ra = parseFloat(words[i + 1]);
      const dec = parseFloat(words[i + 2]);
      if (!Number.isFinite(ra) || !(Math.abs(dec) <= 90)) break;
      corners.push([ra, dec]);
      i += 2;
    }
    if (corners.length > 2) polygons.push(corners);
  }
  return polygons;
}

// Does the polygon hold the direction? On the plane that touches the sphere
// there, where great circles are straight lines.
export function holds(corners, direction) {
  const [x, y, z] = direction;
  const away = Math.hypot(x, y);
  const east = away > 1e-12 ? [-y / away, x / away, 0] : [0, 1, 0];
  const north = [y * east[2] - z * east[1], z * east[0] - x * east[2],
                 x * east[1] - y * east[0]];
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const points = [];
  for (const corner of corners) {
    const towards = dot(corner, direction);
    if (towards <= 1e-6) return false;  // a quarter of the sky away
    points.push([dot(corner, east) / towards, dot(corner, north) / towards]);
  }
  let inside = false;
  for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
    const [a, b] = [points[i], points[j]];
    if ((a[1] > 0) !== (b[1] > 0) &&
        a[0] + (b[0] - a[0]) * a[1] / (a[1] - b[1]) > 0)
      inside = !inside;
  }
  return inside;
}

function recordOf(line) {
  try {
    const { name, stc } = JSON.parse(line);
    const polygons = parsePolygons(stc);
    if (!name || polygons.length === 0) return null;
    return { name: String(name).slice(0, 200), polygons,
             vectors: polygons.map((p) => p.map((c) => toVector(...c))) };
  } catch {
    return null;  // a line that is no record
  }
}

export class Progenitors {
  // survey  { base, frame };  moc  a promise of a Moc or null
  constructor(survey, moc) {
    this.base = `${survey.base}/HpxFinder`;
    this.frame = survey.frame;
    this.moc = moc;
    this.files = new Map();    // address to promise of names
    this.records = new Map();  // name to record
  }

  // The deepest order of the index.
  order() {
    this.deepest ??= fetch(`${this.base}/properties`)
      .then((answer) => answer.text())
      .then((text) => {
        const found = /^\s*hips_order\s*=\s*(\d+)/m.exec(text);
        return found ? Math.min(24, Number(found[1])) : kLowestOrder;
      });
    return this.deepest;
  }

  // The images under a view.
  //
  // directions  ICRS, spread over the view
  // returns     records {name, polygons, vectors}, sorted by name
  async inView(directions) {
    const own = directions.map((d) => fromIcrs(this.frame, d));
    const moc = await this.moc;
    let order = await this.order();
    let cells;
    for (;; --order) {
      const here = order;
      cells = [...new Set(own.map((d) => npixOf(here, cellOf(here, d))))];
      if (moc && moc.frame === this.frame)
        cells = cells.filter((npix) => moc.touches(here, npix));
      if (cells.length <= kManyCells || order <= kLowestOrder) break;
    }
    const addresses = cells.length <= kManyCells
      ? cells.map((npix) => tilePath(order, npix, ''))
      : [`Norder${kLowestOrder}/Allsky`];
    const names = await Promise.all(addresses.map((a) => this.file(a)));
    return [...new Set(names.flat())].sort().map((n) => this.records.get(n));
  }

  file(address) {
    if (!this.files.has(address))
      this.files.set(address, this.fetchFile(address));
    return this.files.get(address);
  }

  async fetchFile(address) {
    const answer = await fetch(`${this.base}/${address}`);
    if (!answer.ok) return [];
    const text = await answer.text();
    if (text.length > kMaxBytes) return [];
    const names = [];
    for (const line of text.split('\n')) {
      if (this.records.size >= kMaxRecords) break;
      const record = recordOf(line);
      if (!record) continue;
      names.push(record.name);
      if (!this.records.has(record.name))
        this.records.set(record.name, record);
    }
    return names;
  }
}
