// SPDX-License-Identifier: GPL-3.0-or-later
// What one sees, as the part of the address behind '#': links can be shared,
// and back and forward work. Anything may stand in a link: what makes no sense
// counts as if it were not there. Pure functions.

export const kStretches = ['linear', 'sqrt', 'asinh', 'log', 'pow2'];
export const kColours = ['grayscale', 'viridis', 'cividis', 'inferno', 'magma',
  'plasma', 'cubehelix', 'redtemperature', 'blues', 'rdbu'];

const number = (low, high) => (text) => {
  const value = Number(text);
  return text !== '' && value >= low && value <= high ? value : undefined;
};
const oneOf = (words) => (text) => (words.includes(text) ? text : undefined);
const onOff = (text) => ({ 1: true, 0: false })[text];

function pair(text) {
  const [low, high, more] = text.split(',').map(Number);
  return more === undefined && Number.isFinite(low) && Number.isFinite(high) &&
    low < high ? [low, high] : undefined;
}

// How each key is read. formats, surveys: what there is to choose from.
function readers({ formats, surveys }) {
  return {
    ra: number(0, 360), dec: number(-90, 90), fov: number(1e-5, 1000),
    format: oneOf(formats), cut: pair, stretch: oneOf(kStretches),
    cmap: oneOf(['native', ...kColours]), invert: onOff, grid: onOff,
    frame: oneOf(['icrs', 'galactic']), moc: onOff, images: onOff,
    under: oneOf(surveys), opacity: number(0, 100),
  };
}

// defaults with what the link says on top.
export function readState(hash, defaults, choices) {
  const state = { ...defaults };
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  for (const [key, read] of Object.entries(readers(choices))) {
    const value = given.has(key) ? read(given.get(key)) : undefined;
    if (value !== undefined) state[key] = value;
  }
  return state;
}

function text(value) {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return Array.isArray(value) ? value.join(',') : String(value);
}

// "#ra=...&dec=...&fov=..." and whatever differs from the defaults.
export function writeState(state, defaults) {
  const words = [];
  for (const [key, value] of Object.entries(state)) {
    if (value === undefined || value === null) continue;
    const always = key === 'ra' || key === 'dec' || key === 'fov';
    if (!always && text(value) === text(defaults[key] ?? '')) continue;
    const encoded = encodeURIComponent(text(value))
      .replace(/%2C/g, ',').replace(/%2F/g, '/');
    words.push(`${key}=${encoded}`);
  }
  return `#${words.join('&')}`;
}
