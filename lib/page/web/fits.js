// SPDX-License-Identifier: GPL-3.0-or-later
// FITS as HiPS have it: image tiles and coverage tables.
//
// Source: FITS 4.0, 4.4.1 and 7.3. Throws Error on what is no such file; every
// number of a header is checked against the bytes that are there.

const kBlock = 2880;
const kCard = 80;
const kMaxBlocks = 100;

// The header at `start`: get(key) gives a text, number or boolean.
function readHeader(bytes, start) {
  const cards = new Map();
  const end = Math.min(bytes.length, start + kMaxBlocks * kBlock);
  for (let at = start; at + kCard <= end; at += kCard) {
    const card = String.fromCharCode(...bytes.subarray(at, at + kCard));
    const key = card.slice(0, 8).trim();
    if (key === 'END') {
      const used = at + kCard - start;
      return { get: (name) => cards.get(name),
               dataStart: start + Math.ceil(used / kBlock) * kBlock };
    }
    if (card.slice(8, 10) === '= ' && !cards.has(key))
      cards.set(key, cardValue(card.slice(10)));
  }
  throw new Error('no FITS header');
}

function cardValue(text) {
  const quoted = /^\s*'((?:[^']|'')*)'/.exec(text);
  if (quoted) return quoted[1].replace(/''/g, "'").trimEnd();
  const word = text.split('/')[0].trim();
  if (word === 'T' || word === 'F') return word === 'T';
  return Number(word.replace(/D/i, 'E'));
}

async function unpacked(buffer) {
  const head = new Uint8Array(buffer, 0, Math.min(2, buffer.byteLength));
  if (head[0] !== 0x1f || head[1] !== 0x8b) return new Uint8Array(buffer);
  const stream = new Blob([buffer]).stream()
    .pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const kReaders = {
  8: (view, at) => view.getUint8(at),
  16: (view, at) => view.getInt16(at),
  32: (view, at) => view.getInt32(at),
  64: (view, at) => Number(view.getBigInt64(at)),
  '-32': (view, at) => view.getFloat32(at),
  '-64': (view, at) => view.getFloat64(at),
};

// A tile of `width`: value(column, row), NaN where it is blank.
export async function readTile(buffer, width) {
  const bytes = await unpacked(buffer);
  const { get, dataStart } = readHeader(bytes, 0);
  const bitpix = get('BITPIX');
  const read = kReaders[bitpix];
  if (!read || get('NAXIS1') !== width || get('NAXIS2') !== width)
    throw new Error('not a tile of this survey');
  const size = Math.abs(bitpix) / 8;
  if (dataStart + width * width * size > bytes.length)
    throw new Error('the tile is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart);
  const scale = get('BSCALE') ?? 1;
  const zero = get('BZERO') ?? 0;
  const blank = bitpix > 0 ? get('BLANK') : undefined;
  return {
    unit: get('BUNIT'),
    value(column, row) {
      const stored = read(view, (row * width + column) * size);
      return stored === blank ? NaN : zero + scale * stored;
    },
  };
}

// The first column of the first table, integers: {values: BigInt[], get}.
export async function readIntegerColumn(buffer) {
  const bytes = await unpacked(buffer);
  const primary = readHeader(bytes, 0);
  const { get, dataStart } = readHeader(bytes, primary.dataStart);
  const rowBytes = get('NAXIS1');
  const rows = get('NAXIS2');
  const form = /^\s*1?([JK])/.exec(get('TFORM1') ?? '');
  if (get('XTENSION') !== 'BINTABLE' || !form || !(rowBytes > 0) ||
      !(rows >= 0) || dataStart + rowBytes * rows > bytes.length)
    throw new Error('no table of integers');
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart);
  const values = [];
  for (let row = 0; row < rows; ++row)
    values.push(form[1] === 'K' ? view.getBigInt64(row * rowBytes)
                                : BigInt(view.getInt32(row * rowBytes)));
  return { values, get };
}
