// SPDX-License-Identifier: GPL-3.0-or-later
// Light, dark, or as the system has it. Runs before the page is drawn, so that
// it is never drawn in the wrong colours first.
(() => {
  const kSchemes = ['system', 'light', 'dark'];
  const kNames = { system: 'as the system', light: 'light', dark: 'dark' };
  const root = document.documentElement;

  const chosen = () => {
    try {
      const kept = localStorage.getItem('hips-scheme');
      return kSchemes.includes(kept) ? kept : 'system';
    } catch {
      return 'system';  // storage is switched off
    }
  };
  const show = (scheme) => {
    if (scheme === 'system') delete root.dataset.scheme;
    else root.dataset.scheme = scheme;
    const name = document.querySelector('#scheme span');
    if (name) name.textContent = kNames[scheme];
  };

  show(chosen());
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('scheme');
    if (!button) return;
    let scheme = chosen();
    show(scheme);
    button.hidden = false;
    button.addEventListener('click', () => {
      scheme = kSchemes[(kSchemes.indexOf(scheme) + 1) % kSchemes.length];
      show(scheme);
      try {
        localStorage.setItem('hips-scheme', scheme);
      } catch {
        // It holds for this page only.
      }
    });
  });
})();
