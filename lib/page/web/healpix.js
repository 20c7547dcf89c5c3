// SPDX-License-Identifier: GPL-3.0-or-later
// HEALPix, NESTED: directions to cells (Gorski et al. 2005, ApJ 622, 759).
//
// A cell is {face, ix, iy} with ix, iy in [0, 2^order). Numbers of cells are
// exact up to order 24 (below 2^53). Pure functions.

const kHalfPi = Math.PI / 2;

// The cell of `order` (0..29) that holds a direction [x, y, z].
export function cellOf(order, [x, y, z]) {
  const nside = 2 ** order;
  const inside = (n) => Math.min(nside - 1, Math.max(0, n));
  let turn = Math.atan2(y, x) / kHalfPi;  // quarter turns, 0..4
  if (turn < 0) turn += 4;
  if (turn >= 4) turn -= 4;

  if (Math.abs(z) <= 2 / 3) {
    // Lines of constant ix and iy: they run up and down by 45 degrees.
    const up = Math.max(0, Math.floor(nside * (0.5 + turn - 0.75 * z)));
    const down = Math.max(0, Math.floor(nside * (0.5 + turn + 0.75 * z)));
    const faceUp = Math.floor(up / nside);
    const faceDown = Math.floor(down / nside);
    const face = faceUp === faceDown ? faceUp % 4 + 4
      : faceUp < faceDown ? faceUp : faceDown + 8;
    return { face, ix: down % nside, iy: nside - 1 - up % nside };
  }
  const quarter = Math.floor(turn);
  const within = turn - quarter;
  // Distance from the pole as sqrt(3 (1 - |z|)), without cancellation there.
  const distance = Math.hypot(x, y) * Math.sqrt(3 / (1 + Math.abs(z)));
  const a = inside(Math.floor(nside * distance * within));
  const b = inside(Math.floor(nside * distance * (1 - within)));
  return z > 0
    ? { face: quarter, ix: nside - 1 - b, iy: nside - 1 - a }
    : { face: quarter + 8, ix: a, iy: b };
}

// Bit k of ix goes to bit 2k, bit k of iy to bit 2k + 1.
function interleaved(ix, iy) {
  let index = 0;
  for (let place = 1; ix > 0 || iy > 0; place *= 4) {
    index += place * (ix % 2 + 2 * (iy % 2));
    ix = Math.floor(ix / 2);
    iy = Math.floor(iy / 2);
  }
  return index;
}

export function npixOf(order, { face, ix, iy }) {
  return face * 4 ** order + interleaved(ix, iy);
}

export function tilePath(order, npix, extension) {
  const folder = Math.floor(npix / 10000) * 10000;
  return `Norder${order}/Dir${folder}/Npix${npix}${extension}`;
}

// The tile of `order` and `width` (a power of two) that holds a direction, and
// where in it: the pixel of the FITS array, row 0 stored first.
export function tilePixel(order, width, direction) {
  const { face, ix, iy } = cellOf(order + Math.log2(width), direction);
  const tile = { face, ix: Math.floor(ix / width), iy: Math.floor(iy / width) };
  return { npix: npixOf(order, tile), column: iy % width,
           row: width - 1 - ix % width };
}
