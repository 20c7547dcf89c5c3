#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of a running hipsserve in headless Chromium, with every request to
// elsewhere failing.
//
//   page_check.mjs URL [options]
//     --view PATH        HiPS to look at ("/ASTRON/P/tgssadr"); the first one
//     --at RA,DEC,FOV    degrees: where the value is read
//     --value V          what the FITS pixel there holds, by another program
//     --image NAME       an original image that lies there
//     --shots DIR        keep screenshots there
//     --chromium FILE    [/usr/bin/chromium]
//
// Needs Chromium and Node 18 or newer, nothing else. Prints a line a check.
// Exit: 0 all passed, 1 some failed, 3 the browser or this program failed.
import fs from 'node:fs';
import path from 'node:path';

import { Browser, decodePng, levelsIn, sleep } from './browser.mjs';

function parseArguments(words) {
  const options = { chromium: '/usr/bin/chromium' };
  for (let i = 0; i < words.length; ++i) {
    if (words[i].startsWith('--')) options[words[i].slice(2)] = words[++i];
    else options.url = words[i].replace(/\/+$/, '');
  }
  if (!options.url) {
    console.error('usage: page_check.mjs URL [--view PATH] [--at RA,DEC,FOV ' +
                  '--value V] [--image NAME] [--shots DIR]');
    process.exit(3);
  }
  return options;
}

// ---- the checks ------------------------------------------------------------

class Checks {
  constructor(page, options) {
    Object.assign(this, { page, options, failures: 0 });
  }

  report(name, problem) {
    if (problem) ++this.failures;
    console.log(problem ? `FAIL ${name}: ${problem}` : `PASS ${name}`);
  }

  async run(name, check) {
    try {
      this.report(name, await check());
    } catch (error) {
      this.report(name, error.message);
    }
  }

  async shot(name) {
    if (!this.options.shots) return;
    fs.mkdirSync(this.options.shots, { recursive: true });
    fs.writeFileSync(path.join(this.options.shots, `${name}.png`),
                     await this.page.screenshot());
  }

  // Missing tiles are no fault: Aladin Lite asks before it has read the MOC.
  complaints() {
    const { page } = this;
    const failed = page.failed.filter((f) => !/^404 .*\/Npix\d+\./.test(f));
    const all = [...page.complaints, ...failed,
                 ...page.elsewhere.map((url) => `asked elsewhere: ${url}`)];
    page.complaints = [];
    page.failed = [];
    page.elsewhere = [];
    return all.slice(0, 5).join(' | ');
  }

  overflow() {
    return this.page.evaluate(`(() => {
      const wide = document.documentElement.scrollWidth - innerWidth;
      if (wide <= 0) return '';
      const who = [...document.querySelectorAll('body *')].filter((e) =>
        e.getBoundingClientRect().right > innerWidth + 1).at(-1);
      return wide + ' px too wide: ' + who?.outerHTML.slice(0, 120);
    })()`);
  }

  async list() {
    const { page, options } = this;
    for (const [name, ...size] of [['list-light', 1280, 900, false, 'light'],
                                   ['list-dark', 1280, 900, false, 'dark'],
                                   ['list-phone', 375, 667, true, 'light']])
      await this.run(name, async () => {
        await page.size(...size);
        await page.go(`${options.url}/`);
        await page.settle();
        await this.shot(name);
        return await this.overflow() || this.complaints();
      });
    await this.run('the list has what it shall have', () => page.evaluate(`
      (() => {
        const cards = [...document.querySelectorAll('.hips')];
        if (cards.length === 0) return 'no survey';
        const broken = [...document.images].filter((i) =>
          i.complete && !i.naturalWidth);
        if (broken.length) return 'broken picture ' + broken[0].src;
        const first = document.querySelector('h2 a').getAttribute('href');
        return first.startsWith('view/') ? '' : 'the title leads to ' + first;
      })()`));
    await this.run('an address is copied', async () => {
      await page.evaluate('document.querySelector("[data-copy]").click()');
      await page.until('/copied/.test(document.getElementById("said")' +
                       '.textContent)', 'what a screen reader hears', 5);
      return '';
    });
  }

  get viewer() {
    return `${this.options.url}/view${this.options.view}`;
  }

  async openViewer(hash = '') {
    await this.page.go(this.viewer + hash);
    await this.page.until('document.documentElement.dataset.ready',
                          'the viewer', 60);
    await this.page.settle();
  }

  async rendered() {
    const box = await this.page.evaluate(`(() => {
      const b = document.getElementById('sky').getBoundingClientRect();
      return { left: b.left + b.width * .3 | 0, right: b.left + b.width * .7 | 0,
               top: b.top + b.height * .3 | 0,
               bottom: b.top + b.height * .7 | 0 };
    })()`);
    const levels = levelsIn(decodePng(await this.page.screenshot()), box);
    return levels >= 3 ? '' : `the map is blank: ${levels} grey levels`;
  }

  async formats() {
    const { page } = this;
    await page.size(1280, 800);
    const formats = await page.evaluate('[...document.querySelectorAll(' +
      '"#formats input")].map((i) => i.value)');
    for (const format of formats)
      await this.run(`tiles as ${format}`, async () => {
        const other = formats.find((f) => f !== format) ?? format;
        if (other !== format) await this.openViewer(`#format=${other}`);
        const asked = new Set();
        const hear = page.hearRequest.bind(page);
        page.hearRequest = (event) => {
          asked.add(event.request.url);
          hear(event);
        };
        if (other === format) await this.openViewer();
        await page.evaluate(
          `document.querySelector('#formats [value=${format}]').click()`);
        await page.settle();
        delete page.hearRequest;
        const extension = `.${format.replace('jpeg', 'jpg')}`;
        if (![...asked].some((url) => url.endsWith(extension)))
          return `no ${extension} tile was asked for`;
        await this.shot(`viewer-${format}`);
        return await this.rendered() || this.complaints();
      });
  }

  async value() {
    const { page, options } = this;
    if (!options.at) return;
    const [ra, dec, fov] = options.at.split(',').map(Number);
    const hash = `#ra=${ra}&dec=${dec}&fov=${fov}`;
    const box = `(() => {
      const b = document.getElementById('sky').getBoundingClientRect();
      return [b.left + b.width / 2, b.top + b.height / 2];
    })()`;
    const near = (text, wanted) =>
      Math.abs(text - wanted) <= 1e-6 * Math.abs(wanted);
    await this.run('value in the middle', async () => {
      await this.openViewer(hash);
      await page.until('document.getElementById("value").dataset.value',
                       'a value', 10);
      const text = await page.evaluate(
        'document.getElementById("value").dataset.value');
      return near(text, options.value) ? ''
        : `${text} instead of ${options.value}`;
    });
    await this.run('value under the mouse', async () => {
      await page.point(...await page.evaluate(box));
      await page.until('!document.querySelector(".stage.middle")', 'the mouse');
      await sleep(600);
      const text = await page.evaluate(
        'document.getElementById("value").dataset.value');
      await this.shot('viewer-value');
      return near(text, options.value) ? ''
        : `${text} instead of ${options.value}`;
    });
    await this.run('original images', async () => {
      if (!options.image) return '';
      await page.evaluate('document.getElementById("images").click()');
      await page.until('document.querySelectorAll("#names li").length',
                       'their names', 10);
      await page.point(...await page.evaluate(box));
      await sleep(500);
      await page.settle();
      await this.shot('viewer-images');
      const text = await page.evaluate(
        'document.getElementById("under-pointer").textContent');
      return text.includes(options.image) ? '' : `"${text}" under the mouse`;
    });
  }

  async link() {
    const { page } = this;
    await this.run('a link brings the view back', async () => {
      await this.openViewer();
      await page.evaluate(`(() => {
        const set = (id, value) => {
          const e = document.getElementById(id);
          if (e.type === 'checkbox') { if (e.checked !== value) e.click(); }
          else { e.value = value; e.dispatchEvent(new Event('change')); }
        };
        document.querySelector('#formats input:last-of-type')?.click();
        document.querySelector('#formats [value=fits]')?.click();
        set('cmap', 'viridis'); set('stretch', 'sqrt');
        set('invert', true); set('grid', true); set('frame', 'galactic');
        set('low', '0.0001'); set('high', '0.0123');
        document.getElementById('in').click();
      })()`);
      await page.settle();
      await sleep(600);
      const seen = () => page.evaluate(`JSON.stringify({
        place: document.getElementById('sexagesimal').textContent,
        inputs: [...document.querySelectorAll('#controls input, #controls select')]
          .map((i) => [i.id, i.type === 'checkbox' || i.type === 'radio'
            ? i.checked : i.value]) })`);
      const before = await seen();
      const address = await page.evaluate('location.href');
      await this.shot('viewer-link');
      await page.go(address);
      await page.until('document.documentElement.dataset.ready', 'viewer', 60);
      await page.settle();
      const after = await seen();
      return before === after ? '' : `${before} became ${after}`;
    });
    await this.run('back and forward', async () => {
      const checked = 'document.getElementById("invert").checked';
      const before = await page.evaluate(checked);
      await page.evaluate('document.getElementById("invert").click()');
      await page.evaluate('history.back()');
      await page.until(`${checked} === ${before}`, 'back', 5);
      await page.evaluate('history.forward()');
      await page.until(`${checked} !== ${before}`, 'forward', 5);
      return this.complaints();
    });
    await this.run('a hostile link does no harm', async () => {
      await this.openViewer('#ra=1e999&dec=-91&fov=-1&format=<b>&cut=2,1' +
        '&cmap=rainbow"&under=//evil.example/x&opacity=NaN&grid=2&images=%');
      return await this.rendered() || this.complaints();
    });
  }

  // Tab from the top reaches every control that is to be seen, in an order
  // that leads there, and each shows that it has the focus.
  async keyboard() {
    const { page } = this;
    await page.size(1280, 800);
    await this.openViewer();
    await this.run('keyboard: every control is reached', async () => {
      const reached = new Set();
      await page.evaluate('document.activeElement.blur()');
      for (let i = 0; i < 80; ++i) {
        await page.press('Tab');
        const { name, ring } = await page.evaluate(`(() => {
          const e = document.activeElement;
          const seen = e.closest('.choice label') ?? e;
          return { name: e.id || e.className || e.tagName,
                   ring: getComputedStyle(seen).outlineStyle };
        })()`);
        if (name === 'BODY') break;
        if (ring === 'none') return `${name} has the focus and does not show it`;
        reached.add(name);
      }
      const wanted = ['skip', 'home', 'survey', 'share', 'full', 'fold', 'sky',
                      'in', 'out', 'start', 'target', 'go', 'cmap', 'invert',
                      'grid', 'frame'];
      return wanted.filter((name) => !reached.has(name)).join(', ');
    });
    await this.run('keyboard: the map moves, zooms and speaks', async () => {
      await page.evaluate('document.getElementById("sky").focus()');
      const before = await page.evaluate('location.hash');
      for (const key of ['ArrowRight', 'ArrowUp', '+']) await page.press(key);
      await page.until(`location.hash !== '${before}'`, 'another view', 10);
      await page.press('v');
      await page.until('document.getElementById("said").textContent',
                       'what is said', 10);
      await page.press('Home');
      await sleep(800);
      return this.complaints();
    });
    await this.run('keyboard: go to a place', async () => {
      await page.evaluate('document.getElementById("target").focus()');
      await page.type('12 00 00 +30 00 00');
      await page.press('Enter');
      await page.until('/ra=180&dec=30&/.test(location.hash)', 'the place', 5);
      await page.evaluate('document.getElementById("target").select()');
      await page.type('nowhere');
      await page.press('Enter');
      return await page.evaluate(
        'document.getElementById("target").getAttribute("aria-invalid")') ===
        'true' ? '' : 'nonsense is taken';
    });
    await this.run('keyboard: the cut in steps', async () => {
      const fits = await page.evaluate(
        '!!document.querySelector("#formats [value=fits]")');
      if (!fits) return '';
      await page.evaluate(
        'document.querySelector("#formats [value=fits]").click();' +
        'document.getElementById("high").focus()');
      const cut = 'document.getElementById("high").value';
      const before = await page.evaluate(cut);
      await page.press('ArrowUp');
      return await page.evaluate(cut) > before ? '' : 'it stays as it is';
    });
    await this.run('keyboard: skip link', async () => {
      await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
      await page.evaluate('document.querySelector(".skip").focus()');
      await page.press('Enter');
      await page.press('Tab');
      return await page.evaluate(
        'document.getElementById("panel").contains(document.activeElement)')
        ? '' : 'it does not lead to the controls';
    });
  }

  // Controls have names, fields have labels, and ids are unique.
  async names() {
    await this.run('every control has a name', () => this.page.evaluate(`
      (() => {
        const all = document.querySelectorAll('button, a[href], input, select');
        for (const e of all) {
          if (e.closest('.aladin-container')) continue;
          const name = e.labels?.[0]?.textContent ?? e.textContent;
          if (!name.trim()) return e.outerHTML.slice(0, 120);
        }
        const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
        return ids.find((id, i) => ids.indexOf(id) !== i) ?? '';
      })()`));
  }

  async looks() {
    const { page } = this;
    for (const [name, ...size] of [['viewer-light', 1280, 800, false, 'light'],
                                   ['viewer-dark', 1280, 800, false, 'dark'],
                                   ['viewer-phone', 375, 667, true, 'light']])
      await this.run(name, async () => {
        await page.size(...size);
        await this.openViewer();
        await this.shot(name);
        return await this.overflow() || (size[2] ? '' : await this.rendered()) ||
          this.complaints();
      });
    await this.run('viewer-phone-sheet', async () => {
      await page.evaluate('document.getElementById("grip").click()');
      await page.settle();
      await this.shot('viewer-phone-sheet');
      await page.evaluate(
        'document.querySelector(".about").scrollIntoView()');
      await this.shot('viewer-phone-about');
      return this.overflow();
    });
    await this.names();
  }
}

const options = parseArguments(process.argv.slice(2));
let browser = null;
let failures = 0;
try {
  browser = await Browser.start(options.chromium,
                                new URL(options.url).hostname);
  const page = await browser.open();
  const checks = new Checks(page, options);
  await checks.list();
  options.view ??= await page.evaluate(
    '"/" + document.querySelector("h2 a").getAttribute("href").slice(5)');
  await checks.looks();
  await page.size(1280, 800);
  await checks.openViewer();
  await checks.formats();
  await checks.value();
  await checks.link();
  await checks.keyboard();
  failures = checks.failures;
} catch (error) {
  console.error(`page_check: ${error.stack}`);
  failures = -1;
} finally {
  await browser?.stop();
}
process.exit(failures < 0 ? 3 : failures > 0 ? 1 : 0);
