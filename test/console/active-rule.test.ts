import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePrintedPhoto } from '../liveness/photos.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { expectAccessible } from './axe.ts';
import { enroll, type OpenedConsole, openConsole, people } from './console.ts';
import { fakeCamera, franck } from './fake-camera.ts';
import { keepScreenshots } from './screenshots.ts';

const modelsFolder = await pulledModel('faceplugin-liveness');
const NOTICE = 'Here a challenge comes first';
let folder: string;
let print: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'acquaint-print-'));
  print = join(folder, 'print.jpg');
  await writePrintedPhoto(print);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the page asks for that says who somebody is. */
function recognitions(page: Page): readonly string[] {
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/search')) asked.push(request.url());
  });
  page.on('websocket', (socket) => asked.push(socket.url()));
  return asked;
}

async function setRule({ served }: OpenedConsole, policy: string): Promise<void> {
  const { status } = await served.call('PUT', '/collections/default/liveness', { json: { policy } });
  expect(status).toBe(200);
}

async function chooseRule({ page, goTo }: OpenedConsole, label: string): Promise<void> {
  await goTo('/settings/liveness');
  await page.getByText(label, { exact: true }).click();
  // The note of the change before may still be there.
  const saved = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.ok());
  await page.getByRole('button', { name: 'Save' }).click();
  await saved;
  await page.getByText('Saved.').first().waitFor();
}

/** Of the picture's pixels, those in the colour that stands for a face that is not live. */
async function sharePaintedNotLive(path: string): Promise<number> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const isRed = (at: number) =>
    [0xb0, 0x1f, 0x3a].every((value, channel) => Math.abs(data[at + channel]! - value) < 24);
  let painted = 0;
  for (let at = 0; at < data.length; at += 3) if (isRed(at)) painted++;
  return painted / (info.width * info.height);
}

const recognizeFile = (page: Page, file: string) =>
  page.locator('input[type=file]').first().setInputFiles(file);

describe('a collection that names nobody without a challenge', () => {
  let opened: OpenedConsole;
  let asked: readonly string[];
  beforeAll(async () => {
    opened = await openConsole({ camera: await fakeCamera(franck) });
    asked = recognitions(opened.page);
    await enroll(opened, 'Franck', people.Franck.slice(0, 2));
  });
  afterAll(() => opened.close());

  it.each(['live', 'recognize'])('says so at /%s, and leads to the challenge', async (place) => {
    const { page, goTo } = opened;
    await chooseRule(opened, 'It must do what it is asked');
    await goTo(`/${place}`);
    await page.getByRole('heading', { name: NOTICE }).waitFor();
    expect(await page.getByRole('button', { name: /Start the camera|Drop photos/ }).count()).toBe(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
    await page.emulateMedia({ colorScheme: null });
    await keepScreenshots(page, `active-${place}`);
    await page.getByRole('link', { name: 'Change the rule' }).focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Liveness', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Begin' }).waitFor();
    expect(asked).toEqual([]);
  });

  it('does not take photos with the webcam, which live recognition guides', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByText('Webcam', { exact: true }).click();
    await page.getByText(/Choose photos instead/).waitFor();
    await expectAccessible(page);
    await keepScreenshots(page, 'active-webcam');
    expect(await page.locator('video').count()).toBe(0);
    expect(asked).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('works at once when its rule is another, and stops when it is active again', async () => {
    const { page, goTo } = opened;
    await page.evaluate('window.notLoadedAgain = true');
    await goTo('/recognize');
    await page.getByRole('link', { name: 'Change the rule' }).click();
    await page.getByText('No', { exact: true }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').first().waitFor();
    await goTo('/recognize');
    await recognizeFile(page, people.Franck[2]!);
    await page.getByRole('button', { name: /^Franck franck_04000/ }).waitFor();
    await goTo('/live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('link', { name: 'Franck' }).waitFor();

    await setRule(opened, 'active');
    await page.getByRole('heading', { name: NOTICE }).waitFor();
    expect(await page.locator('video').count()).toBe(0);
    await goTo('/recognize');
    await page.getByRole('heading', { name: NOTICE }).waitFor();
    await page.getByRole('button', { name: /^Franck franck_04000/ }).waitFor();
    await setRule(opened, 'off');
    await page.getByRole('button', { name: /Drop photos/ }).waitFor();
    expect(await page.evaluate('window.notLoadedAgain')).toBe(true);
    expect(opened.faults).toEqual([]);
  });
});

it('tells a key that may only recognise of the challenge, and does not send it to the settings', async () => {
  const opened = await openConsole({ keys: [['recognize'], ['admin']] });
  const { page, goTo, served } = opened;
  try {
    const [key, admin] = served.keys;
    await served.call('PUT', '/collections/default/liveness', { key: admin, json: { policy: 'active' } });
    await goTo('/live');
    await page.getByLabel('API key').fill(key!);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: NOTICE }).waitFor();
    await page.getByRole('link', { name: 'Go to the challenge' }).waitFor();
    expect(await page.getByRole('link', { name: 'Change the rule' }).count()).toBe(0);
  } finally {
    await opened.close();
  }
});

describe('a collection that names live faces only', () => {
  const server = {
    recognizer: { modelsFolder, detector: 'hog', livenessThresholds: { spoofBelow: 0.6, liveFrom: 0.9 } },
  } as const;

  it('shows a printed photo as a picture of a face, in the page, the table and the pictures', async () => {
    const opened = await openConsole({ server });
    const { page, goTo } = opened;
    try {
      await enroll(opened, 'Franck', people.Franck.slice(1));
      await setRule(opened, 'passive');
      await goTo('/recognize');
      await page.getByText('Only faces that look live are named.').waitFor();
      await page.locator('input[type=file]').first().setInputFiles([print, people.Franck[0]!]);
      await page.getByRole('button', { name: /^Franck franck_01829/ }).waitFor();
      await page.getByRole('button', { name: /^1 picture of a face print/ }).waitFor();
      expect(await page.getByText(/\d unknown/).count()).toBe(0);
      await expectAccessible(page);
      await keepScreenshots(page, 'passive-recognize');

      await page.getByRole('button', { name: 'Download' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: 'Table (CSV)' }).click(),
      ]);
      const [head, ...lines] = (await readFile((await download.path())!, 'utf8')).trim().split('\r\n');
      expect(head).toMatch(/,liveness,problem$/);
      expect(lines.find((line) => line.startsWith('print.jpg,not_live,,'))).toMatch(
        /,looks_like_a_picture,$/,
      );
      expect(lines.find((line) => line.startsWith('franck'))).toMatch(/,match,Franck,.*,looks_live,$/);

      await page.getByRole('button', { name: /^1 picture of a face print/ }).click();
      await page.getByRole('button', { name: 'Face 1: A picture of a face' }).waitFor();
      await page.getByText('It looks like a picture of a face.').waitFor();
      expect(await page.getByText('Unknown', { exact: true }).count()).toBe(0);
      await expectAccessible(page);
      await keepScreenshots(page, 'passive-photo');
      const [drawn] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download with names' }).click(),
      ]);
      expect(await sharePaintedNotLive((await drawn.path())!)).toBeGreaterThan(0.005);
      expect(opened.faults).toEqual([]);
    } finally {
      await opened.close();
    }
  });

  it('shows a printed photo before the camera as a picture of a face', async () => {
    const opened = await openConsole({
      camera: await fakeCamera({ photo: print, seconds: 2 }),
      server,
    });
    const { page, goTo } = opened;
    try {
      await enroll(opened, 'Franck', people.Franck.slice(1));
      await setRule(opened, 'passive');
      await goTo('/live');
      await page.getByRole('button', { name: 'Start the camera' }).click();
      await page.getByText('A picture of a face', { exact: true }).waitFor();
      await expectAccessible(page);
      await keepScreenshots(page, 'passive-live');
      expect(await page.getByRole('link', { name: 'Franck' }).count()).toBe(0);
      await page.getByText('Nobody has been recognised yet.').waitFor();
    } finally {
      await opened.close();
    }
  });
});

it('says which command fetches the net that is missing, instead of waiting for it', async () => {
  const gallery = join(folder, 'people.db');
  const data = join(folder, 'data');
  const first = await openConsole({ server: { data, recognizer: { gallery, modelsFolder } } });
  await setRule(first, 'passive');
  await first.close();
  const opened = await openConsole({
    camera: await fakeCamera(franck),
    server: { data, recognizer: { gallery, modelsFolder: join(folder, 'nothing') } },
  });
  const { page, goTo } = opened;
  const told = page.getByRole('alert').filter({ hasText: 'acquaint models pull faceplugin-liveness' });
  try {
    await goTo('/recognize');
    await recognizeFile(page, people.Franck[0]!);
    await told.waitFor();
    await page.getByRole('button', { name: 'Try the failed again (1)' }).waitFor();
    await keepScreenshots(page, 'passive-missing');
    await goTo('/live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await told.waitFor();
    await expectAccessible(page);
    await keepScreenshots(page, 'passive-missing-live');
  } finally {
    await opened.close();
  }
});
