// SPDX-License-Identifier: GPL-3.0-or-later
// The value of a pixel: read from the FITS tile of the deepest order.
import { fromIcrs } from './coords.js';
import { readTile } from './fits.js';
import { tilePath, tilePixel } from './healpix.js';

const kMaxTiles = 16;  // kept in memory, about 1 MB each

export class PixelReader {
  // survey  { base, frame, order, tileWidth, formats }
  // moc     a promise of a Moc or null
  constructor(survey, moc) {
    this.survey = survey;
    this.moc = moc;
    this.tiles = new Map();  // address to promise; the latest used come last
  }

  get works() {
    return this.survey.formats.includes('fits');
  }

  // What lies in a direction (ICRS): {value, unit, order, npix, column, row},
  // value NaN where the pixel is blank; null outside the coverage. Rejects
  // when the tile cannot be read.
  async at(icrs) {
    const { frame, order, tileWidth, base } = this.survey;
    const moc = await this.moc;
    if (moc && !moc.contains(icrs)) return null;
    const place = tilePixel(order, tileWidth, fromIcrs(frame, icrs));
    const tile = await this.tile(
      `${base}/${tilePath(order, place.npix, '.fits')}`);
    if (!tile) return null;
    return { ...place, order, unit: tile.unit,
             value: tile.value(place.column, place.row) };
  }

  tile(address) {
    const kept = this.tiles.get(address);
    this.tiles.delete(address);
    const tile = kept ?? this.fetchTile(address);
    this.tiles.set(address, tile);
    if (this.tiles.size > kMaxTiles)
      this.tiles.delete(this.tiles.keys().next().value);
    return tile;
  }

  async fetchTile(address) {
    try {
      const answer = await fetch(address);
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`tile: status ${answer.status}`);
      return await readTile(await answer.arrayBuffer(), this.survey.tileWidth);
    } catch (problem) {
      this.tiles.delete(address);  // asked for again the next time
      throw problem;
    }
  }
}

// Units as FITS headers shout them: "JY/BEAM" is Jy/beam.
export function unitText(unit) {
  const text = (unit ?? '').trim();
  return /^m?jy\/beam$/i.test(text)
    ? text.toLowerCase().replace('jy', 'Jy') : text.slice(0, 40);
}

// "1.2346 mJy/beam": five digits; janskys with the prefix that suits.
export function valueText(value, unit) {
  if (Number.isNaN(value)) return 'blank';
  const name = unitText(unit);
  const prefixes = [[1, ''], [1e3, 'm'], [1e6, 'µ'], [1e9, 'n']];
  if (name.startsWith('Jy') && value !== 0) {
    const [factor, prefix] = prefixes.find(
      ([scale]) => Math.abs(value) * scale >= 1) ?? prefixes.at(-1);
    return `${digits(value * factor)} ${prefix}${name}`;
  }
  return `${digits(value)} ${name}`.trim();
}

function digits(value) {
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e7)
    ? value.toExponential(4) : String(+value.toPrecision(5));
  return text.replace('-', '−').replace('e−', 'e−').replace('e+', 'e');
}
