// SPDX-License-Identifier: GPL-3.0-or-later
// The coverage of a survey: which cells have data, so that nobody asks for
// tiles that are not there. Source: IVOA MOC 2.0.
import { fromIcrs } from './coords.js';
import { readIntegerColumn } from './fits.js';
import { cellOf, npixOf } from './healpix.js';

// Cells deeper than this count for their ancestor: indices stay exact.
const kOrder = 24;
const kDeepest = 29;

function rangeOfUniq(uniq) {
  const order = Math.floor((uniq.toString(2).length - 1) / 2) - 1;
  if (uniq < 4n || order > kDeepest) throw new Error('no cell of a MOC');
  const npix = uniq - (4n << BigInt(2 * order));
  if (order > kOrder) {
    const first = Number(npix >> BigInt(2 * (order - kOrder)));
    return [first, first + 1];
  }
  const size = 4 ** (kOrder - order);
  return [Number(npix) * size, (Number(npix) + 1) * size];
}

function rangesOf(values, ordering) {
  if (ordering !== 'RANGE') return values.map(rangeOfUniq);
  const shift = BigInt(2 * (kDeepest - kOrder));
  const ranges = [];
  for (let i = 0; i + 1 < values.length; i += 2)
    ranges.push([Number(values[i] >> shift),
                 Number((values[i + 1] - 1n) >> shift) + 1]);
  return ranges;
}

function merged(ranges) {
  ranges.sort((a, b) => a[0] - b[0]);
  const result = [];
  for (const [first, last] of ranges) {
    const before = result.at(-1);
    if (before && first <= before[1]) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

export class Moc {
  // Bytes of Moc.fits; throws Error when they are none.
  static async read(buffer) {
    const { values, get } = await readIntegerColumn(buffer);
    const frames = { C: 'equatorial', G: 'galactic', E: 'ecliptic' };
    const frame = frames[get('COORDSYS') ?? 'C'];
    if (!frame) throw new Error('a MOC of another frame');
    return new Moc(frame, merged(rangesOf(values, get('ORDERING'))));
  }

  constructor(frame, ranges) {
    this.frame = frame;
    this.ranges = ranges;  // of cells of kOrder, sorted, apart
  }

  contains(icrs) {
    const cell = cellOf(kOrder, fromIcrs(this.frame, icrs));
    return this.touches(kOrder, npixOf(kOrder, cell));
  }

  // Does a cell of the MOC's frame have any data?
  touches(order, npix) {
    const size = 4 ** (kOrder - order);
    const first = npix * size;
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranges[middle][1] <= first) low = middle + 1;
      else high = middle;
    }
    return low < this.ranges.length && this.ranges[low][0] < first + size;
  }
}
