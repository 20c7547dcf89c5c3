// SPDX-License-Identifier: GPL-3.0-or-later
// Positions on the sky: frames, and the texts that people write and read.
//
// Directions are unit vectors [x, y, z], angles degrees. Frames have the names
// that `hips_frame` gives them. Pure functions.

const kDegree = Math.PI / 180;

// ICRS to galactic as the Hipparcos catalogue defines it (ESA SP-1200, vol. 1,
// 1.5.3), and to the mean ecliptic of J2000 (IAU 2006, frame bias of 0.02"
// left out).
const kObliquity = 84381.406 / 3600 * kDegree;
const kFromIcrs = {
  equatorial: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  galactic: [
    [-0.054875560416215368, -0.873437090234885049, -0.483835015548713227],
    [0.494109427875583674, -0.444829629960011178, 0.746982244497218891],
    [-0.867666149019004701, -0.198076373431201528, 0.455983776175066922],
  ],
  ecliptic: [
    [1, 0, 0],
    [0, Math.cos(kObliquity), Math.sin(kObliquity)],
    [0, -Math.sin(kObliquity), Math.cos(kObliquity)],
  ],
};

export function toVector(lon, lat) {
  const cos = Math.cos(lat * kDegree);
  return [cos * Math.cos(lon * kDegree), cos * Math.sin(lon * kDegree),
          Math.sin(lat * kDegree)];
}

// Longitude in [0, 360), latitude.
export function toAngles([x, y, z]) {
  const lon = Math.atan2(y, x) / kDegree;
  return [lon < 0 ? lon + 360 : lon, Math.atan2(z, Math.hypot(x, y)) / kDegree];
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

export function fromIcrs(frame, vector) {
  return kFromIcrs[frame].map((row) => dot(row, vector));
}

export function toIcrs(frame, vector) {
  const m = kFromIcrs[frame];
  return [0, 1, 2].map(
    (i) => m[0][i] * vector[0] + m[1][i] * vector[1] + m[2][i] * vector[2]);
}

export const isFrame = (name) => Object.hasOwn(kFromIcrs, name);

// ---- reading ---------------------------------------------------------------

// Degrees of "12", "12 34" or "12 34 56.7", of either sign; null when a part
// does not fit.
function sexagesimal(parts) {
  const numbers = parts.map(Number);
  if (numbers.some((n) => !Number.isFinite(n))) return null;
  const [whole, minutes = 0, seconds = 0] = numbers.map(Math.abs);
  if (minutes >= 60 || seconds >= 60) return null;
  if (numbers.slice(1).some((n, i) => n < 0 || /^[+-]/.test(parts[i + 1])))
    return null;
  const sign = parts[0].startsWith('-') ? -1 : 1;
  return sign * (whole + minutes / 60 + seconds / 3600);
}

function checked(lon, lat) {
  if (lon === null || lat === null) return null;
  if (Math.abs(lat) > 90 || lon < 0 || lon > 360) return null;
  return [lon % 360, lat];
}

// "120.5 -3.2 g", "g 120.5 -3.2", "l=120.5 b=-3.2", "G120.50-03.20".
function parseGalactic(text) {
  const number = '([+-]?\\d+(?:\\.\\d*)?|[+-]?\\.\\d+)';
  const forms = [
    `^${number}[\\s,]+${number}\\s*(?:g|gal|galactic)$`,
    `^(?:g|gal|galactic)\\s*${number}(?:[\\s,]+|(?=[+-]))${number}$`,
    `^l\\s*=?\\s*${number}[\\s,]+b\\s*=?\\s*${number}$`,
  ];
  for (const form of forms) {
    const found = new RegExp(form, 'i').exec(text);
    if (!found) continue;
    const place = checked(((+found[1] % 360) + 360) % 360, +found[2]);
    return place && toAngles(toIcrs('galactic', toVector(...place)));
  }
  return null;
}

// [ra, dec] in degrees, ICRS, of what somebody typed; null when it is none.
//
//   187.70593 12.39112      12 30 49.4 +12 23 28     12:30:49.4 +12:23:28
//   12h30m49.4s +12d23m28s  12h30m +12°23′           J123049.4+122328
//   283.777 +74.491 g       G283.78+74.49            l=283.777 b=74.491
export function parsePosition(input) {
  const text = input.trim().replace(/[−–]/g, '-').replace(/\s+/g, ' ');
  if (text.length > 100) return null;
  const galactic = parseGalactic(text);
  if (galactic) return galactic;

  const packed =
    /^J?(\d\d)(\d\d)(\d\d(?:\.\d*)?)([+-]\d\d)(\d\d)(\d\d(?:\.\d*)?)$/i
      .exec(text);
  if (packed) {
    const hours = sexagesimal(packed.slice(1, 4));
    return checked(hours === null ? null : 15 * hours,
                   sexagesimal(packed.slice(4, 7)));
  }

  const inDegrees = /^[^+-]*\d\s*(?:d|°)/i.test(text);
  const inHours = /\dh/i.test(text);
  const parts = text
    .replace(/[hdms:°′″'",]/gi, ' ')
    .replace(/(\S)([+-])/g, '$1 $2')
    .trim().split(/\s+/);
  if (!parts.every((part) => /^[+-]?(\d+\.?\d*|\.\d+)$/.test(part))) return null;
  // Where the declination begins: at its sign, else half way.
  const signed = parts.findIndex((part, i) => i > 0 && /^[+-]/.test(part));
  const split = signed > 0 ? signed : parts.length / 2;
  if (!Number.isInteger(split) || split > 3 || parts.length - split > 3)
    return null;
  const lon = sexagesimal(parts.slice(0, split));
  const lat = sexagesimal(parts.slice(split));
  const decimal = parts.length === 2 && !inHours;
  if (lon === null || lat === null) return null;
  if (decimal || inDegrees) return checked(lon < 0 ? lon + 360 : lon, lat);
  return checked(15 * lon, lat);
}

// ---- writing ---------------------------------------------------------------

// Whole units, minutes and seconds; a rounded 60 is carried over.
function parts(value, digits) {
  const scale = 10 ** digits;
  const units = Math.round(value * 3600 * scale);
  const seconds = units % (60 * scale) / scale;
  const minutes = Math.floor(units / (60 * scale)) % 60;
  return [Math.floor(units / (3600 * scale)), minutes,
          seconds.toFixed(digits).padStart(digits ? digits + 3 : 2, '0')];
}

const two = (n) => String(n).padStart(2, '0');

export function hmsText(ra, digits) {
  const [h, m, s] = parts(ra / 15, digits);
  return `${two(h % 24)}h ${two(m)}m ${s}s`;
}

export function dmsText(dec, digits) {
  const [d, m, s] = parts(Math.abs(dec), digits);
  return `${dec < 0 ? '−' : '+'}${two(d)}° ${two(m)}′ ${s}″`;
}

export function signedText(value, digits) {
  return (value < 0 ? '−' : '+') + Math.abs(value).toFixed(digits);
}

// Digits after the point of arcseconds that a pixel of `scale` degrees needs.
export function secondDigits(scale) {
  const digits = Math.ceil(-Math.log10(scale * 3600));
  return Math.min(4, Math.max(0, digits));
}
