// SPDX-License-Identifier: GPL-3.0-or-later
// The page that index_page.cc fills in. Private to lib/publish.
//
// Places to be filled: {{TITLE}} {{HEADLINE}} {{ABOUT}} {{CONTROLS}}
// {{ROWS}} {{FILES}} {{CONFIG}}.
#pragma once

#include <string_view>

namespace hips {

inline constexpr std::string_view kIndexTemplate = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{TITLE}}</title>
<link rel="icon" href="data:,">
<style>
:root {
  --page: #fbfbfa; --text: #1c2024; --soft: #5a636b; --line: #d9dde0;
  --panel: #ffffff; --link: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --text: #e6e9eb; --soft: #a3adb5; --line: #30363b;
    --panel: #1c2024; --link: #7db8f0;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif;
}
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.25rem; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.1rem; }
a { color: var(--link); }
.id { margin: .25rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
#sky {
  position: relative; width: 100%; height: min(65vh, 40rem);
  min-height: 18rem; background: #000; border-radius: .5rem; overflow: hidden;
}
#state { padding: 1rem; margin: 0; color: #d0d4d8; }
.controls { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: .75rem 0; }
.controls label { display: flex; align-items: center; gap: .5rem; }
select, button {
  font: inherit; min-height: 2.5rem; padding: .25rem .6rem; color: inherit;
  background: var(--panel); border: 1px solid var(--line); border-radius: .4rem;
}
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.about { max-width: 48rem; }
table { width: 100%; border-collapse: collapse; background: var(--panel); }
th, td {
  padding: .4rem .6rem; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
}
th { width: 12rem; font-weight: 600; color: var(--soft); }
@media (max-width: 34rem) {
  th, td { display: block; width: auto; border: 0; padding: .15rem .6rem; }
  td { padding-bottom: .5rem; border-bottom: 1px solid var(--line); }
  #sky { height: 55vh; }
}
footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--soft); font-size: .9rem; }
</style>
</head>
<body>
<header>
{{HEADLINE}}
</header>
<main>
<div id="sky" role="application" aria-label="Sky viewer: drag to move, scroll or pinch to zoom">
<p id="state" role="status">Loading the sky viewer.</p>
</div>
<noscript><p>The sky viewer needs JavaScript; the data below do not.</p></noscript>
<form class="controls" id="controls" hidden>
{{CONTROLS}}
<button type="button" id="home">Back to the start</button>
</form>
{{ABOUT}}
<h2>Properties</h2>
<table>
<tbody>
{{ROWS}}
</tbody>
</table>
{{FILES}}
</main>
<footer>
<p>This folder is a HiPS (hierarchical progressive survey, IVOA standard): to open
it in Aladin, ESASky, Stellarium or a notebook, give them the address of this
page without <code>index.html</code>. Viewer: Aladin Lite, Centre de Donn&eacute;es
astronomiques de Strasbourg.</p>
</footer>
<script type="application/json" id="config">{{CONFIG}}</script>
<script type="module">
const config = JSON.parse(document.getElementById('config').textContent);
const state = document.getElementById('state');
const form = document.getElementById('controls');
const choice = (name) => form.elements.namedItem(name);
const root = new URL('.', document.baseURI).href.replace(/\/$/, '');
const survey = (A) => A.imageHiPS(root, { imgFormat: choice('format').value });

// Coloured by the viewer only when asked: pictures may have colours already.
function colours(layer) {
  const map = choice('colours').value;
  const stretch = choice('stretch').value;
  if (choice('format').value === 'fits') {
    layer.setColormap(map || 'grayscale', { stretch });
  } else {
    layer.setColormap(map || 'native', { stretch: 'linear' });
  }
}

function show(A, aladin) {
  const layer = survey(A);
  choice('stretch').disabled = choice('format').value !== 'fits';
  aladin.setBaseImageLayer(layer);
  colours(layer);
  return layer;
}

// The viewer's field is that of its width; a small survey shall fit in height.
function field() {
  const { width, height } = document.getElementById('sky').getBoundingClientRect();
  return config.fov > 100 ? config.fov : config.fov * Math.max(1, width / height);
}

function home(aladin) {
  aladin.gotoRaDec(config.ra, config.dec);
  aladin.setFoV(field());
}

try {
  const { default: A } = await import(new URL(config.viewer, document.baseURI));
  await A.init;
  state.remove();
  let layer = survey(A);
  const aladin = A.aladin('#sky', {
    survey: layer,
    target: config.ra + ' ' + config.dec, fov: field(),
    cooFrame: config.frame, projection: config.fov > 100 ? 'AIT' : 'SIN',
    backgroundColor: 'rgb(0, 0, 0)', reticleSize: 16, log: false,
    showLayersControl: false, showFrame: true, showCooGridControl: true,
    showProjectionControl: true, showZoomControl: true,
    showFullscreenControl: true, showSimbadPointerControl: false,
    showShareControl: false, showSettingsControl: false,
    showContextMenu: false,
  });
  choice('stretch').disabled = choice('format').value !== 'fits';
  if (choice('format').value === 'fits') colours(layer);
  choice('format').addEventListener('change', () => {
    layer = show(A, aladin);
  });
  for (const name of ['colours', 'stretch'])
    choice(name).addEventListener('change', () => colours(layer));
  document.getElementById('home').addEventListener('click', () => home(aladin));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.hidden = false;
  window.aladin = aladin;
} catch (problem) {
  state.textContent = 'The sky viewer does not start here (' + problem.message +
      '); the data below are not affected.';
}
</script>
</body>
</html>
)html";

}  // namespace hips
