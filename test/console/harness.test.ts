import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { photos } from '../cli/cli-process.ts';
import { form, type Served, startServed } from '../server/served.ts';
import { accessibilityProblems, expectAccessible } from './axe.ts';
import { type OpenedBrowser, openBrowser } from './browser.ts';
import { fakeCamera, franck, type Scene, stillOf } from './fake-camera.ts';
import { descendants, leftOver } from './process-tree.ts';
import { keepScreenshot, keepScreenshots } from './screenshots.ts';

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <link rel="icon" href="data:,">
    <title>A page of the tests</title>
    <style>
      :root { color-scheme: light dark; }
      body { font: 24px sans-serif; }
    </style>
  </head>
  <body><main><h1>Who is there?</h1><p>Zoë, Łukasz, Δήμητρα, Юлия</p></main></body>
</html>`;

let pages: Server;
let pageUrl: string;
beforeAll(async () => {
  pages = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(HTML);
  });
  await new Promise<void>((done) => pages.listen(0, '127.0.0.1', done));
  pageUrl = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`;
});
afterAll(() => {
  pages.closeAllConnections();
  pages.close();
});

/** The camera's frame after `seconds`, as a page gets it: JPEG. */
async function cameraFrame(page: Page, seconds = 0.5): Promise<Buffer> {
  await page.goto(pageUrl);
  const base64 = await page.evaluate<string>(`(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    const video = Object.assign(document.createElement('video'), { srcObject: stream, muted: true });
    await video.play();
    while (video.currentTime < ${seconds}) await new Promise((next) => requestAnimationFrame(next));
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    for (const track of stream.getTracks()) track.stop();
    return canvas.toDataURL('image/jpeg', 0.92).split(',')[1];
  })()`);
  return Buffer.from(base64, 'base64');
}

function cameraError(page: Page): Promise<string> {
  return page.evaluate(
    `navigator.mediaDevices.getUserMedia({ video: true }).then(() => 'none', ({ name }) => name)`,
  );
}

describe('the browser', () => {
  let opened: OpenedBrowser;
  beforeAll(async () => {
    opened = await openBrowser();
  });
  afterAll(() => opened.close());

  it('is a Chromium that takes the server on this computer for a safe place', async () => {
    const page = await opened.page();
    await page.goto(pageUrl);
    expect(opened.browser.browserType().name()).toBe('chromium');
    expect(await page.evaluate('[isSecureContext, innerWidth, innerHeight]')).toEqual([true, 1280, 800]);
  });

  it('opens pages that know nothing of one another, each in its size and scheme', async () => {
    const [one, other] = await Promise.all([
      opened.page(),
      opened.page({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' }),
    ]);
    await Promise.all([one.goto(pageUrl), other.goto(pageUrl)]);
    await one.evaluate(`localStorage.setItem('name', 'one')`);
    const look = `[localStorage.getItem('name'), innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]`;
    expect(await one.evaluate(look)).toEqual(['one', 1280, false]);
    expect(await other.evaluate(look)).toEqual([null, 390, true]);
  });

  it('draws letters with other shapes for other letters, also where the computer has no fonts', async () => {
    const page = await opened.page();
    await page.goto(pageUrl);
    const shots = [];
    for (const text of ['Anna', 'Émile', 'Юлия', 'Δήμη', '']) {
      await page.evaluate(`document.querySelector('p').textContent = ${JSON.stringify(text)}`);
      const png = await page.screenshot({ clip: { x: 0, y: 90, width: 200, height: 60 } });
      shots.push((await sharp(png).greyscale().raw().toBuffer()).toString('base64'));
    }
    expect(new Set(shots).size).toBe(5);
  });

  it('keeps four screenshots of a page and leaves the page as it was', async () => {
    const page = await opened.page();
    await page.goto(pageUrl);
    const paths = await keepScreenshots(page, 'harness');
    const sizes = await Promise.all(paths.map((path) => sharp(path).metadata()));
    expect(sizes.map(({ width }) => width)).toEqual([1280, 1280, 390, 390]);
    const [light, dark] = await Promise.all(
      paths.map(async (path) => (await sharp(path).stats()).channels[0]!.mean),
    );
    expect(light).toBeGreaterThan(200);
    expect(dark).toBeLessThan(80);
    expect(page.viewportSize()).toEqual({ width: 1280, height: 800 });
  });

  it('says in sentences what keeps people out of a page', async () => {
    const page = await opened.page();
    await page.goto(pageUrl);
    await expectAccessible(page);
    await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend',
      '<button></button><p style="color: #ccc; background: #fff">Pale</p>')`);
    const problems = (await accessibilityProblems(page)).toSorted();
    expect(problems).toHaveLength(2);
    expect(problems[0]).toMatch(/^Buttons must have discernible text \(critical, button-name\): button\. /);
    expect(problems[1]).toMatch(/\(serious, color-contrast\): p:nth-child\(4\)\. .*contrast of 1\.6/);
    await expect(expectAccessible(page)).rejects.toThrow(/Expected an accessible page .*\nButtons must/s);
  });

  it('finds no camera where none was asked for', async () => {
    const page = await opened.page();
    await page.goto(pageUrl);
    expect(await cameraError(page)).toBe('NotFoundError');
  });

  it.runIf(process.platform === 'linux')('ends with all its processes', async () => {
    const others = await descendants(process.pid);
    const own = await openBrowser();
    await (await own.page()).goto(pageUrl);
    const started = (await descendants(process.pid)).filter((pid) => !others.includes(pid));
    expect(started.length).toBeGreaterThan(1);
    await own.close();
    await vi.waitFor(async () => expect(await leftOver(started)).toEqual([]), { timeout: 30_000 });
  });
});

describe('the fake camera, with the real server', () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed();
    await served.server.ready;
    for (const [name, file] of [
      ['Franck', await stillOf({ ...franck, fromSeconds: 20 })],
      ['Nicolas Cage', photos.cage],
    ] as const)
      await served.call('POST', '/collections/default/faces', {
        body: await form(['name', name], ['picture', { file }]),
      });
  });
  afterAll(() => served.stop());

  /** What the server says of a frame. */
  async function ask(path: string, frame: Buffer) {
    const body = new FormData();
    body.append('picture', new Blob([new Uint8Array(frame)]), 'frame.jpg');
    return (await served.call('POST', path, { body })).body;
  }

  it('shows a page the face of a person who moves', async () => {
    const opened = await openBrowser({ camera: await fakeCamera(franck) });
    try {
      const page = await opened.page();
      const frames = [await cameraFrame(page), await cameraFrame(page, 2)];
      for (const frame of frames) {
        expect(await sharp(frame).metadata()).toMatchObject({ width: 640, height: 480 });
        const { faces } = await ask('/detect', frame);
        expect(faces).toHaveLength(1);
      }
      expect(frames[0]!.equals(frames[1]!)).toBe(false);
    } finally {
      await opened.close();
    }
  });

  it('shows nobody, then one person, then another', async () => {
    const scenes: readonly Scene[] = [
      { empty: true, seconds: 1.5 },
      { ...franck, seconds: 1.5 },
      { photo: photos.otherCage, seconds: 1.5 },
    ];
    const seen = new Set<string>();
    const opened = await openBrowser({ camera: await fakeCamera(...scenes) });
    try {
      const page = await opened.page();
      // A busy computer shows them later: all the while they come again.
      for (let i = 0; i < 40 && seen.size < 3; i++) {
        const { faces } = await ask(
          '/collections/default/search',
          await cameraFrame(page, 0.7 + 1.5 * (i % 3)),
        );
        seen.add(faces.map(({ person }: { person: { name: string } | null }) => person?.name).join());
      }
    } finally {
      await opened.close();
    }
    expect([...seen].toSorted()).toEqual(['', 'Franck', 'Nicolas Cage']);
  });

  it('can be refused', async () => {
    const opened = await openBrowser({ camera: 'refused' });
    try {
      const page = await opened.page();
      await page.goto(pageUrl);
      expect(await cameraError(page)).toBe('NotAllowedError');
    } finally {
      await opened.close();
    }
  });

  it("shows the server's own pages, with the policy they come with", async () => {
    const opened = await openBrowser({ viewport: { width: 1280, height: 900 } });
    try {
      const page = await opened.page();
      const foreign: string[] = [];
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol.startsWith('http') && origin !== new URL(served.url).origin) foreign.push(request.url());
      });
      await page.goto(`${served.url}/docs/`);
      await page.getByText('Acquaint').first().waitFor();
      expect(foreign).toEqual([]);
      await keepScreenshot(page, 'docs', { colorScheme: 'light', device: 'desktop' });
    } finally {
      await opened.close();
    }
  });
});
