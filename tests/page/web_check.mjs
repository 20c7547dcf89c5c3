// SPDX-License-Identifier: GPL-3.0-or-later
// Checks of the scripts in lib/page/web that need no browser. Expected values
// come from astropy 5.2 and healpy 1.16; the calls are beside them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import zlib from 'node:zlib';

// Node takes .js for modules in a folder that says so; browsers are told by the
// server.
const source = new URL('../../lib/page/web/', import.meta.url);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'web-check-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
fs.writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
for (const name of fs.readdirSync(source))
  fs.copyFileSync(new URL(name, source), path.join(folder, name));
const load = (name) => import(path.join(folder, name));

const coords = await load('coords.js');
const healpix = await load('healpix.js');
const fits = await load('fits.js');
const { Moc } = await load('moc.js');
const { PixelReader, valueText, unitText } = await load('pixel.js');
const { Progenitors, holds, parsePolygons } = await load('progenitors.js');
const { readState, writeState } = await load('state.js');

const near = (actual, expected, tolerance, message) =>
  assert.ok(Math.abs(actual - expected) <= tolerance,
            `${message ?? ''} ${actual} is not ${expected}`);
const bytesOf = (packed) => {
  const bytes = zlib.gunzipSync(Buffer.from(packed, 'base64'));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};

// ---- healpix ---------------------------------------------------------------

// lon, lat, then hp.ang2pix(2**order, lon, lat, nest=True, lonlat=True) for
// orders 0, 3, 18 and 24: both sides of lon 0 and of |z| = 2/3, near the poles,
// then random places.
const kCells = [
  [0, 0.001, 4, 304, 326417514511, 1337006139438031],
  [359.9999999, 0.001, 4, 304, 326417514511, 1337006139438031],
  [45.0, 41.81031499577862, 0, 48, 51539607552, 211106232532992],
  [44.9, 41.8103147957, 0, 37, 40086427994, 164194009065046],
  [123.456, 89.9999, 1, 127, 137438953471, 562949953420873],
  [300.1, -89.99999, 11, 704, 755914244096, 3096224743817225],
  [90, 0.3, 5, 368, 395140137011, 1618494001198031],
  [180.0001, -66.4435, 10, 672, 721554505728, 2955487255461963],
  [269.99, 45.1, 2, 149, 160882848784, 658976148622760],
  [289.801053, 38.016005, 3, 227, 244535171681, 1001616063207423],
  [185.517202, -25.365888, 6, 385, 414457092655, 1697616251518168],
  [19.415053, -13.48921, 4, 272, 292811438625, 1199355652608627],
  [147.050354, -65.429402, 9, 582, 625740757282, 2563034141828315],
  [17.552776, 86.710381, 0, 63, 68620298855, 281068744111765],
  [234.85288, -32.071666, 10, 667, 717188240093, 2937603031424288],
  [156.581119, 71.508801, 1, 119, 128366126758, 525787655204810],
  [323.163939, 43.508492, 3, 218, 234586266500, 960865347586804],
  [141.265679, -0.799529, 6, 426, 457648040876, 1874526375429835],
  [243.608167, -61.449304, 10, 647, 694965970600, 2846580615580017],
  [200.014602, -27.199927, 10, 687, 737840090829, 3022193012037439],
];

test('cells are those of healpy', () => {
  for (const [lon, lat, ...expected] of kCells) {
    const direction = coords.toVector(lon, lat);
    // At order 24 a cell is 12 mas wide: the sum of rounding may cross its rim.
    [0, 3, 18].forEach((order, i) => {
      const npix = healpix.npixOf(order, healpix.cellOf(order, direction));
      assert.equal(npix, expected[i], `${lon} ${lat} order ${order}`);
    });
  }
});

test('cells of every order lie in those of the orders above', () => {
  for (const [lon, lat] of kCells.slice(9)) {
    const direction = coords.toVector(lon, lat);
    const deepest = healpix.npixOf(24, healpix.cellOf(24, direction));
    for (let order = 0; order < 24; ++order)
      assert.equal(healpix.npixOf(order, healpix.cellOf(order, direction)),
                   Math.floor(deepest / 4 ** (24 - order)));
  }
});

test('poles are in cells of their hemisphere', () => {
  for (const order of [0, 10, 29]) {
    const north = healpix.cellOf(order, [0, 0, 1]);
    assert.ok(north.face < 4 && north.ix < 2 ** order && north.iy < 2 ** order);
    const south = healpix.cellOf(order, [0, 0, -1]);
    assert.ok(south.face > 7 && south.ix >= 0 && south.iy >= 0);
  }
});

// HiPS 1.0, 4.1.
test('tiles lie in folders of ten thousand', () => {
  assert.equal(healpix.tilePath(3, 12, '.fits'), 'Norder3/Dir0/Npix12.fits');
  assert.equal(healpix.tilePath(9, 1234567, ''),
               'Norder9/Dir1230000/Npix1234567');
});

// Pixel of a FITS tile: column iy, row width - 1 - ix (ARCHITECTURE.md);
// hp.pix2xyf(512, hp.ang2pix(2**12, 10, 20, nest=True, lonlat=True) % 512**2,
// nest=True) is x 481, y 83; the tile of order 3
// is pixel // 512**2 = 310.
test('a direction is a pixel of a tile', () => {
  assert.deepEqual(healpix.tilePixel(3, 512, coords.toVector(10, 20)),
                   { npix: 310, column: 83, row: 511 - 481 });
});

// ---- coordinates -----------------------------------------------------------

// astropy.coordinates.SkyCoord(187.70593, 12.39112, unit='deg').galactic, and
// SkyCoord(283.777, 74.491, unit='deg', frame='galactic').icrs; the two
// definitions of the galactic frame differ by 25 mas.
test('galactic coordinates are those of astropy', () => {
  const tolerance = 0.03 / 3600;
  const [l, b] = coords.toAngles(
    coords.fromIcrs('galactic', coords.toVector(187.70593, 12.39112)));
  near(l, 283.77775595017755, tolerance / Math.cos(1.3), 'l');
  near(b, 74.49115120228151, tolerance, 'b');
  for (const text of ['283.777 74.491 g', 'g 283.777 +74.491',
                      'G283.777+74.491', 'l=283.777 b=74.491',
                      '283.777, 74.491 gal']) {
    const [ra, dec] = coords.parsePosition(text);
    near(ra, 187.70568622788585, tolerance, text);
    near(dec, 12.391036148633816, tolerance, text);
  }
});

// SkyCoord('12h30m49.42338s +12d23m28.0439s').
test('positions are read as people write them', () => {
  const ra = 187.70593074999996;
  const dec = 12.391123305555555;
  for (const text of [
    '12h30m49.42338s +12d23m28.0439s', '12 30 49.42338 +12 23 28.0439',
    '12:30:49.42338 12:23:28.0439', '12:30:49.42338, +12:23:28.0439',
    '12h 30m 49.42338s  +12° 23′ 28.0439″', 'J123049.42338+122328.0439',
    '  12 30 49.42338 12 23 28.0439 ', '187.70593075 12.3911233056',
    '187.70593075,+12.3911233056', '187.70593075d 12.3911233056d']) {
    const place = coords.parsePosition(text);
    assert.ok(place, text);
    near(place[0], ra, 1e-9, text);
    near(place[1], dec, 1e-9, text);
  }
  const degrees = (text) => coords.parsePosition(text);
  assert.deepEqual(degrees('12 30 -45 30'), [187.5, -45.5]);
  assert.deepEqual(degrees('12h -45'), [180, -45]);
  near(degrees('0 0 0 -0 0 1')[1], -1 / 3600, 1e-12, 'minus nought');
  near(degrees('0 0 0 −0 30 0')[1], -0.5, 1e-12, 'a real minus sign');
  assert.deepEqual(degrees('-10 5'), [350, 5]);
  assert.deepEqual(degrees('360 0'), [0, 0]);
});

test('what is no position is refused', () => {
  for (const text of ['', ' ', 'M87', '12', '1 2 3', '10 91', '10 -91',
                      '400 10', '25 0 0 0 0 0', '1 60 0 0 0 0', '1 0 60 0 0 0',
                      '1 2 3 4 5 6 7 8', 'NaN 3', '1e999 2',
                      '<b> 2', '1 2 3 4 5', '10 20 x', 'g 10 99',
                      '1 '.repeat(200)])
    assert.equal(coords.parsePosition(text), null, text);
});

// SkyCoord(187.70593, 12.39112, unit='deg').to_string('hmsdms', precision=3):
// 12h30m49.423s +12d23m28.032s
test('positions are written with carried sixties', () => {
  assert.equal(coords.hmsText(187.70593, 3), '12h 30m 49.423s');
  assert.equal(coords.dmsText(12.39112, 3), '+12° 23′ 28.032″');
  assert.equal(coords.hmsText(359.9999999, 0), '00h 00m 00s');
  assert.equal(coords.dmsText(-0.99999999, 1), '−01° 00′ 00.0″');
  assert.equal(coords.dmsText(-0.01, 0), '−00° 00′ 36″');
});

// ---- FITS and MOC ----------------------------------------------------------

// gzip of astropy.io.fits files: float32 [[1.5, -2.25], [nan, 1e-5]], BUNIT
// Jy/beam; int16 [[100, -32768], [7, -5]], BSCALE 0.5, BZERO 10, BLANK -32768.
const kFloatTile =
  'H4sIAAAAAAACA+3RQQqCQBTG8TlCR3g7VyHZolVEksFEieAEbqdUcOFMjLZw1YU6hJvulQntHE' +
  'Jq1/fbvN2fx3sxP0T7gGhJAwS5dNYq16asqNa05SKmqpYqlSalQT4XEU8Ge9O51/WkMbKhVNaS' +
  '6uaS0QfhOuExWfZ79dS1PGWGdP4uF2WmqkKryt6bWXuj9T3vd70gEUG4sf5jNP8YctHfz9k17i' +
  'mTJTn0hX45AAAAgD+2ahlrJ4zdurlwHncGAAAAAABWT8aBTbCAFgAA';
const kShortTile =
  'H4sIAAAAAAACA+3ROw6CQBSFYTq3cTcgAsZHY4GKyUREIxTEbhRMKJgxAxZ07tvCV2I3EyPR7n' +
  'wL+HNzT8xWmzAgmpBGQj06SHGUqqyolrRgSUxVzUXGVUZaU5ZsWKrvucNHjyvFG8p4zaluTjl9' +
  'EPkpi8lwn/foiXO5zxXJ47tclLmoCikqc8819r726nm/6wVpEkRz4x5fm8Yz37CvYw9a9HbBdq' +
  '3dw3Vsp0Uv9KOlptfte6PhuMX/ns8DAAAA+CMru1hW53a1AAAAAADgozvAV4m4gBYAAA==';
// Tables: UNIQ of cells 2/77, 3/5 and 29/123456789012345678; RANGE (COORDSYS G)
// of cells 2/77, 2/100 and 2/101.
const kUniqMoc =
  'H4sIAAAAAAACA+3XO27CMBjAcTr0AL3Bt2Xk0aULAw+DLMBJsZFgNI2hkYiDHCOVQ/QE3XuEXq' +
  'wXaCC0qkTMQ1Qs/X5LJEf6y5Y92JwOgj4BqEMBAWV4SvQsMXEKNoEOFRxSK3UoTQiFmlQEdOzo' +
  'PWQ9aYxcQyitBLteKjiCNcaUg6NXyXp6FU+VgWT2XY5ipdMo0Wlhj4wFYW3nes+2jSGEEEIIoX' +
  '9jc53k1Gd18JqUiUazT7xfv8swjbQ0a7ByulCgXmx+OXX2rnp/rp1/f972qgfmt1B6bp83vZ8S' +
  'VI/Mr+bo3Tt6NXcvaPkjJk56L8xNslrCUhoZK6tM8Xq7h3rV/V56ZD9Eh5J+m5/Sy4/MLFKL0F' +
  '0VYhKQ7X54I0YfN0PeJedZdPzhIO/1dkMX9fxhmwwp62Y9tpvgRb2WnxX5hGe91l/MD99vCCGE' +
  '0PWVcq/55+b27uOt9175ZCWEEEIIIYTQni91KPFVwCEAAA==';
const kRangeMoc =
  'H4sIAAAAAAACA+3XTWvCMBjAcb+Dp92eW49O2WEXYb7EEqZpaTLQY1yjK9hU0gjzto++2roXWO' +
  'MLipc9v0tpC38SkkPC6SQcE4Au1BDQgtdMLzKT5mAzGFHBIbdSx9LEUKtPRUinjt5j0ZPGyC3E' +
  '0kqw27WCI1hvSjk4evdFT2/SuTKQLb7KSap0nmQ6r+2RqSBs6Jzv2coYQgghhBD6N3bHSU4D1g' +
  'WvT5no9cfE+/W7BfNES7MFK+crBerdVodTZ++m5+fO+efnstc+ML6V0kv7tut9l6B9ZHwdR+/B' +
  '0eu4e+EgeGHipPvC0mSbNaylkamyytTP1z/Ua//t5UfWQ4woGQ/5Kb1qyywStYrdVSFmISnXw4' +
  't6zC9ucuBdsp/FKIgmVe95/+miXhANSUSZf63xDYKiyGe86PnXGB/e3xBCCKHbaz41Ss2P6nnX' +
  '2D/37wghhBBCCKEfn/OIMDnAIQAA';

test('tiles hold what astropy wrote', async () => {
  const tile = await fits.readTile(bytesOf(kFloatTile), 2);
  assert.equal(tile.unit, 'Jy/beam');
  assert.equal(tile.value(0, 0), 1.5);
  assert.equal(tile.value(1, 0), -2.25);
  assert.ok(Number.isNaN(tile.value(0, 1)));
  assert.equal(tile.value(1, 1), Math.fround(1e-5));
  // As astropy reads it: [[60, nan], [13.5, 7.5]].
  const scaled = await fits.readTile(bytesOf(kShortTile), 2);
  assert.equal(scaled.value(0, 0), 60);
  assert.ok(Number.isNaN(scaled.value(1, 0)));
  assert.equal(scaled.value(0, 1), 13.5);
  assert.equal(scaled.value(1, 1), 7.5);
});

test('tiles may be stored compressed', async () => {
  const packed = Buffer.from(kFloatTile, 'base64');
  const buffer = packed.buffer.slice(packed.byteOffset,
                                     packed.byteOffset + packed.length);
  assert.equal((await fits.readTile(buffer, 2)).value(0, 0), 1.5);
});

test('broken tiles are refused', async () => {
  const whole = bytesOf(kFloatTile);
  for (const [buffer, width] of [
    [whole, 4], [whole.slice(0, 2880), 2], [whole.slice(0, 100), 2],
    [new ArrayBuffer(0), 2], [new ArrayBuffer(20000), 2]])
    await assert.rejects(fits.readTile(buffer, width));
});

// hp.pix2ang(2**order, npix, nest=True, lonlat=True)
test('a MOC knows its cells', async () => {
  const moc = await Moc.read(bytesOf(kUniqMoc));
  assert.equal(moc.frame, 'equatorial');
  const has = (lon, lat) => moc.contains(coords.toVector(lon, lat));
  assert.ok(has(11.25, 19.47122063449069), '2/77');
  assert.ok(!has(348.75, 19.47122063449069), '2/78');
  assert.ok(has(61.875, 19.47122063449069), '3/5');
  assert.ok(!has(50.625, 19.47122063449069), '3/6');
  assert.ok(has(58.92015704201946, 48.220529237149336), 'the one of order 29');
  assert.ok(moc.touches(1, 19) && moc.touches(2, 77) && moc.touches(5, 77 * 64));
  assert.ok(!moc.touches(2, 78) && !moc.touches(0, 11));
});

// The same centres as SkyCoord(lon, lat, frame='galactic').icrs.
test('a MOC may be galactic, and have ranges', async () => {
  const moc = await Moc.read(bytesOf(kRangeMoc));
  assert.equal(moc.frame, 'galactic');
  const has = (ra, dec) => moc.contains(coords.toVector(ra, dec));
  assert.ok(has(255.38923941478302, -9.091396651723503), '2/77');
  assert.ok(!has(241.4497881445484, -25.645324991148303), '2/78');
  assert.ok(has(89.53098271433896, 4.75506988409695), '2/100');
  assert.ok(has(103.23252681627139, -0.7280716177275702), '2/101');
});

test('what is no MOC is refused', async () => {
  for (const buffer of [bytesOf(kFloatTile), bytesOf(kUniqMoc).slice(0, 5760),
                        new ArrayBuffer(3)])
    await assert.rejects(Moc.read(buffer));
});

// ---- values ----------------------------------------------------------------

test('values are given in units that suit', () => {
  assert.equal(unitText('JY/BEAM'), 'Jy/beam');
  assert.equal(unitText(' K '), 'K');
  assert.equal(valueText(0.0012345, 'JY/BEAM'), '1.2345 mJy/beam');
  assert.equal(valueText(-1.95e-5, 'Jy/beam'), '−19.5 µJy/beam');
  assert.equal(valueText(3.5, 'Jy/beam'), '3.5 Jy/beam');
  assert.equal(valueText(0, 'Jy/beam'), '0 Jy/beam');
  assert.equal(valueText(123456789, 'K'), '1.2346e8 K');
  assert.equal(valueText(NaN, 'K'), 'blank');
  assert.equal(valueText(2, undefined), '2');
});

test('tiles are fetched once, where there are any', async () => {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(address);
    return { ok: true, status: 200,
             arrayBuffer: async () => bytesOf(kFloatTile) };
  };
  const survey = { base: 'http://x/A', frame: 'equatorial', order: 2,
                   tileWidth: 2, formats: ['fits'] };
  const moc = Moc.read(bytesOf(kUniqMoc));
  const reader = new PixelReader(survey, moc);
  assert.equal(await reader.at(coords.toVector(348.75, 19.4712)), null);
  assert.equal(asked.length, 0);
  // The northern quarter of cell 2/77: ix = iy = 1, so row 0, column 1.
  const pixel = await reader.at(coords.toVector(11.25, 22));
  await reader.at(coords.toVector(11.25, 22.1));
  assert.deepEqual(asked, ['http://x/A/Norder2/Dir0/Npix77.fits']);
  assert.equal(pixel.value, -2.25);
  globalThis.fetch = async () => ({ ok: false, status: 404 });
  assert.equal(await new PixelReader(survey, Promise.resolve(null))
    .at(coords.toVector(1, 1)), null);
  globalThis.fetch = async () => ({ ok: false, status: 500 });
  await assert.rejects(new PixelReader(survey, Promise.resolve(null))
    .at(coords.toVector(1, 1)));
});

// ---- original images -------------------------------------------------------

test('polygons are read from STC', () => {
  assert.deepEqual(parsePolygons('POLYGON J2000 1 2 3 4 5 6'),
                   [[[1, 2], [3, 4], [5, 6]]]);
  assert.deepEqual(parsePolygons('Polygon 1 2 3 4 5 6 Polygon ICRS 7 8 9 1 2 3'),
                   [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 1], [2, 3]]]);
  for (const none of ['', 'CIRCLE 1 2 3', 'POLYGON J2000 1 2 3 4',
                      'POLYGON J2000 a b c', 'POLYGON 1 99 2 99 3 99', null])
    assert.deepEqual(parsePolygons(none), [], String(none));
});

test('a polygon holds what lies in it, also at RA 0 and the poles', () => {
  const vectors = (corners) => corners.map((c) => coords.toVector(...c));
  const inside = (corners, ra, dec) =>
    holds(vectors(corners), coords.toVector(ra, dec));
  const field = [[359, 40], [1, 40], [1, 42], [359, 42]];
  assert.ok(inside(field, 0, 41) && inside(field, 359.5, 40.5));
  assert.ok(!inside(field, 2, 41) && !inside(field, 180, 41) &&
            !inside(field, 0, -41));
  const cap = [[0, 80], [90, 80], [180, 80], [270, 80]];
  assert.ok(inside(cap, 0, 90) && inside(cap, 45, 85) && !inside(cap, 45, 79));
});

test('the index is read at an order that suits, and only where it has data',
     async () => {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(address);
    const text = address.endsWith('properties')
      ? 'dataproduct_type = meta\nhips_order = 5\n'
      : '{ "name": "a", "stc": "POLYGON J2000 0 0 1 0 1 1" }\nnot json\n' +
        '{ "name": "b", "stc": "" }\n';
    return { ok: true, text: async () => text };
  };
  const moc = await Moc.read(bytesOf(kUniqMoc));
  const index = new Progenitors({ base: 'http://x/A', frame: 'equatorial' },
                                Promise.resolve(moc));
  const records = await index.inView([coords.toVector(11.25, 19.5),
                                      coords.toVector(200, 10)]);
  assert.deepEqual(records.map(({ name }) => name), ['a']);
  assert.equal(asked.length, 2);
  assert.match(asked[1], /HpxFinder\/Norder5\/Dir0\/Npix\d+$/);
});

// ---- links -----------------------------------------------------------------

const kDefaults = { ra: 1, dec: 2, fov: 3, format: 'png', cut: [0, 1],
                    stretch: 'asinh', cmap: 'native', invert: false, under: '',
                    opacity: 70 };
const kChoices = { formats: ['png', 'fits'], surveys: ['/A/P/x'] };

test('a link brings a state back', () => {
  const state = { ...kDefaults, ra: 183.18, dec: -49.5, fov: 0.01,
                  format: 'fits', cut: [-1.5e-4, 0.002], invert: true,
                  under: '/A/P/x', opacity: 35 };
  const link = writeState(state, kDefaults);
  assert.equal(link, '#ra=183.18&dec=-49.5&fov=0.01&format=fits' +
    '&cut=-0.00015,0.002&invert=1&under=/A/P/x&opacity=35');
  assert.deepEqual(readState(link, kDefaults, kChoices), state);
});

test('nonsense in a link counts as absent', () => {
  for (const hash of ['', '#', '#ra=', '#ra=NaN&dec=91&fov=0', '#format=tiff',
                      '#cut=2,1', '#cut=1', '#cut=1,2,3', '#cut=a,b',
                      '#invert=yes', '#under=//evil.example', '#opacity=101',
                      '#cmap=<b>', '#__proto__=1&constructor=2', '#%'])
    assert.deepEqual(readState(hash, kDefaults, kChoices), kDefaults, hash);
});
