// SPDX-License-Identifier: GPL-3.0-or-later
// Headless Chromium for checks: pages opened, looked at, typed into. Driven
// over its debugging pipe, so nothing but Node 18 and Chromium is needed.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// Chromium over its debugging pipe: JSON messages that end with a zero byte.
export class Browser {
  static async start(program, host) {
    const browser = new Browser();
    browser.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'page-check-'));
    browser.process = spawn(program, [
      '--headless=new', '--remote-debugging-pipe', '--no-first-run',
      `--user-data-dir=${browser.profile}`, '--no-sandbox',
      '--use-gl=angle', '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist',
      '--disable-dev-shm-usage', '--hide-scrollbars', '--no-proxy-server',
      '--disable-background-networking', '--disable-component-update',
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${host}`, 'about:blank',
    ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    browser.process.on('exit', () => {
      for (const { no } of browser.waiting.values())
        no(new Error('Chromium ended'));
    });
    browser.listen();
    return browser;
  }

  constructor() {
    this.waiting = new Map();
    this.pages = new Map();
    this.count = 0;
  }

  listen() {
    let text = '';
    this.process.stdio[4].on('data', (bytes) => {
      const messages = (text + bytes).split('\0');
      text = messages.pop();
      for (const message of messages) this.receive(JSON.parse(message));
    });
  }

  receive({ id, method, params, result, error, sessionId }) {
    if (!id) {
      this.pages.get(sessionId)?.hear(method, params);
      return;
    }
    const { yes, no } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) no(new Error(error.message));
    else yes(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.count;
    this.process.stdio[3].write(
      `${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((yes, no) => this.waiting.set(id, { yes, no }));
  }

  async open() {
    const { targetId } =
      await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } =
      await this.send('Target.attachToTarget', { targetId, flatten: true });
    const page = new Page(this, sessionId, targetId);
    this.pages.set(sessionId, page);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log'])
      await page.send(`${domain}.enable`);
    return page;
  }

  async stop() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGKILL');
    await ended;
    await sleep(200);  // its children let go of the profile a little later
    fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 9,
                              retryDelay: 200 });
  }
}

class Page {
  constructor(browser, sessionId, targetId) {
    Object.assign(this, { browser, sessionId, targetId });
    this.complaints = [];
    this.elsewhere = [];
    this.failed = [];
    this.requests = new Map();
    this.lastTraffic = Date.now();
  }

  send(method, params) {
    return this.browser.send(method, params, this.sessionId);
  }

  hear(method, event) {
    const react = {
      'Network.requestWillBeSent': () => this.hearRequest(event),
      'Network.responseReceived': () => {
        this.lastTraffic = Date.now();
        if (event.response.status >= 400)
          this.failed.push(`${event.response.status} ${event.response.url}`);
      },
      'Network.loadingFinished': () => this.requests.delete(event.requestId),
      'Network.loadingFailed': () => this.requests.delete(event.requestId),
      'Runtime.exceptionThrown': () => this.complaints.push(
        event.exceptionDetails.exception?.description ??
        event.exceptionDetails.text),
      'Runtime.consoleAPICalled': () => {
        if (event.type === 'error')
          this.complaints.push(
            event.args.map((a) => a.value ?? a.description).join(' '));
      },
      'Log.entryAdded': () => {
        // What a failed request says is counted by its status.
        if (event.entry.level === 'error' && event.entry.source !== 'network')
          this.complaints.push(`${event.entry.source}: ${event.entry.text}`);
      },
    }[method];
    react?.();
  }

  hearRequest({ requestId, request }) {
    this.lastTraffic = Date.now();
    this.requests.set(requestId, request.url);
    const { protocol, host } = new URL(request.url);
    if (protocol.startsWith('http') && host !== this.host)
      this.elsewhere.push(request.url);
  }

  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression, returnByValue: true, awaitPromise: true, userGesture: true });
    if (exceptionDetails)
      throw new Error(exceptionDetails.exception?.description ??
                      exceptionDetails.text);
    return result.value;
  }

  async until(expression, what, seconds = 30) {
    for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
      if (await this.evaluate(expression).catch(() => false)) return;
      await sleep(100);
    }
    throw new Error(`${what}: not within ${seconds} s; ` +
                    this.complaints.join(' | '));
  }

  // No request under way for a while, and two pictures alike.
  async settle() {
    let before = null;
    for (const end = Date.now() + 25000; Date.now() < end;) {
      await sleep(300);
      if (Date.now() - this.lastTraffic < 900) continue;
      const now = await this.screenshot();
      if (before?.equals(now)) return;
      before = now;
    }
  }

  async go(url) {
    this.host = new URL(url).host;
    // Another '#' alone would not load the page anew.
    await this.send('Page.navigate', { url: 'about:blank' });
    await this.send('Page.navigate', { url });
    await this.until('document.readyState === "complete"', url);
  }

  async size(width, height, mobile = false, scheme = 'light') {
    await this.send('Emulation.setDeviceMetricsOverride',
                    { width, height, deviceScaleFactor: mobile ? 2 : 1, mobile });
    await this.send('Emulation.setEmulatedMedia', { features: [
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' }] });
  }

  async screenshot() {
    const { data } = await this.send('Page.captureScreenshot',
                                     { format: 'png' });
    return Buffer.from(data, 'base64');
  }

  async press(key, { shift = false } = {}) {
    const codes = { Tab: 9, Enter: 13, Escape: 27, ' ': 32, End: 35, Home: 36,
                    ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };
    const text = key === 'Enter' ? '\r' : key.length === 1 ? key : '';
    const event = { key, text, modifiers: shift ? 8 : 0,
                    code: key === ' ' ? 'Space' : key,
                    windowsVirtualKeyCode:
                      codes[key] ?? key.toUpperCase().charCodeAt(0) };
    await this.send('Input.dispatchKeyEvent',
                    { type: text ? 'keyDown' : 'rawKeyDown', ...event });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }

  async type(text) {
    await this.send('Input.insertText', { text });
  }

  async point(x, y) {
    await this.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  }
}

// ---- pictures --------------------------------------------------------------

// An 8-bit PNG without interlace, as Chromium writes it: rows of RGB or RGBA.
export function decodePng(bytes) {
  let width = 0;
  let height = 0;
  let channels = 0;
  const parts = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = data[9] === 6 ? 4 : 3;
    }
    if (kind === 'IDAT') parts.push(data);
    at += 12 + length;
  }
  const packed = zlib.inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; ++y) {
    const filter = packed[y * (stride + 1)];
    for (let x = 0; x < stride; ++x) {
      const left = x >= channels ? rows[y * stride + x - channels] : 0;
      const up = y > 0 ? rows[(y - 1) * stride + x] : 0;
      const corner = x >= channels && y > 0
        ? rows[(y - 1) * stride + x - channels] : 0;
      rows[y * stride + x] = packed[y * (stride + 1) + 1 + x] +
        [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
    }
  }
  return { width, height, channels, rows };
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((v) => Math.abs(guess - v));
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

// Grey levels (16 steps) that fill more than 0.2 % of the middle of the map.
export function levelsIn(picture, box) {
  const counts = new Map();
  let all = 0;
  for (let y = box.top; y < box.bottom; y += 2)
    for (let x = box.left; x < box.right; x += 2) {
      const at = (y * picture.width + x) * picture.channels;
      const [r, g, b] = picture.rows.subarray(at, at + 3);
      const level = (r + g + b) / 48 | 0;
      counts.set(level, (counts.get(level) ?? 0) + 1);
      ++all;
    }
  return [...counts.values()].filter((count) => count > all / 500).length;
}
