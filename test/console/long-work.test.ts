import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startCli } from '../cli/cli-process.ts';
import { ask } from '../server/served.ts';
import { type OpenedBrowser, openBrowser } from './browser.ts';
import { enroll, groupPhoto, type OpenedConsole, openConsole, people } from './console.ts';
import { keepScreenshots } from './screenshots.ts';

describe('a folder of 500 photos', () => {
  let opened: OpenedConsole;
  beforeAll(async () => {
    opened = await openConsole();
    await enroll(opened, 'Franck', people.Franck.slice(0, 2));
  });
  afterAll(() => opened.close());

  it('is recognised while other pages are used, and loses no photo', async () => {
    const { page, goTo } = opened;
    const [known, stranger] = await Promise.all(
      [people.Franck[2]!, people['Justin Bieber'][0]!].map((file) =>
        sharp(file).resize(320).jpeg().toBuffer(),
      ),
    );
    await goTo('/recognize');
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(
        Array.from({ length: 500 }, (_, i) => ({
          name: `photo ${String(i).padStart(3, '0')}.jpg`,
          mimeType: 'image/jpeg',
          buffer: i % 2 === 0 ? known! : stranger!,
        })),
      );
    await page.getByText(/^\d+ of 500 photos…$/).waitFor();
    await goTo('/people');
    await page.getByRole('link', { name: /Franck/ }).click();
    await page.getByRole('img', { name: 'Photo 2' }).waitFor();
    await goTo('/recognize');
    await page.getByText(/^With unknown faces/).click();
    await page.getByText('500 photos', { exact: true }).waitFor({ timeout: 110_000 });
    await page.getByText('With unknown faces (250)').waitFor();
    await page.getByText('Failed (0)').waitFor();
    await page.getByRole('button', { name: /Show more/ }).click();
    expect(await page.locator('.photo-card').count()).toBe(96);
    expect(opened.faults).toEqual([]);
  });

  it('goes on with photos that were not enrolled because the server failed', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    let asked = 0;
    await page.route('**/faces?**', (route) =>
      ++asked === 2 ? route.fulfill({ status: 500, body: '' }) : route.continue(),
    );
    await page.getByRole('button', { name: 'Add a person' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    const several = [...people['Nicolas Cage'], ...people['Justin Bieber'], people['Audrey Hepburn'][0]!];
    await page.locator('input[type=file]').first().setInputFiles(several);
    await page.getByRole('combobox', { name: 'Name' }).fill('Several');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Enrol the other 1 photo' }).waitFor();
    await keepScreenshots(page, 'enrol-rest');
    const isInside = 'document.activeElement.closest("[role=dialog]") !== null';
    await expect.poll(() => page.evaluate(isInside)).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByText('1 photo has not been enrolled yet.').waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.getByRole('button', { name: 'Enrol the other 1 photo' }).click();
    await dialog.getByText(/of 5 photos enrolled/).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(asked).toBe(3);
    await page.unroute('**/faces?**');
  });
});

describe('a server that goes away', () => {
  let folder: string;
  let port: number;
  let opened: OpenedBrowser;
  let child: ChildProcess;
  const url = () => `http://127.0.0.1:${port}`;
  const start = async () => {
    child = startCli(folder, [
      'serve',
      '--gallery',
      'people.db',
      '--port',
      String(port),
      '--effort',
      'fast',
      '--quiet',
    ]);
    await vi.waitFor(async () => expect((await ask(`${url()}/v1/ready`, 'GET')).status).toBe(200), {
      timeout: 60_000,
      interval: 200,
    });
  };
  const kill = async () => {
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'acquaint-console-'));
    port = await freePort();
    opened = await openBrowser();
    await start();
  });
  afterAll(async () => {
    await opened.close();
    await kill();
    await rm(folder, { recursive: true, force: true });
  });

  it('is told of and survived: work in the page goes on when it is back', async () => {
    const page = await opened.page();
    await page.goto(`${url()}/#/recognize`);
    const photo = await sharp(groupPhoto).resize(480).jpeg().toBuffer();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(
        Array.from({ length: 60 }, (_, i) => ({ name: `${i}.jpg`, mimeType: 'image/jpeg', buffer: photo })),
      );
    await page.getByText(/^\d+ of 60 photos…$/).waitFor();
    await kill();
    await page.getByText('The server does not answer.').waitFor();
    await keepScreenshots(page, 'server-gone');
    await start();
    await page.getByText('The server is back.').waitFor();
    await page.getByText('60 photos', { exact: true }).waitFor({ timeout: 100_000 });
    await page.getByText('Failed (0)').waitFor();
  });

  it('goes on enrolling when the tab is closed in the middle, and tells the end to the next one', async () => {
    const many = join(folder, 'many');
    for (const name of ['Franck', 'Nicolas Cage', 'Justin Bieber', 'Sean Connery'] as const) {
      await mkdir(join(many, name), { recursive: true });
      for (const [i, file] of people[name].entries()) await cp(file, join(many, name, `${i}.jpg`));
    }
    await cp(groupPhoto, join(many, 'nobody’s.jpg'));
    const page = await opened.page();
    await page.goto(`${url()}/#/people`);
    await page.getByRole('button', { name: 'Add many at once' }).click();
    await page.locator('input[webkitdirectory]').setInputFiles(many);
    await page.getByText('Left out, because they lie in no person’s folder: 1 photo.').waitFor();
    await page.getByRole('cell', { name: 'Nicolas Cage' }).waitFor();
    await keepScreenshots(page, 'enrol-many');
    await page.getByRole('button', { name: 'Enrol 4 people (9 photos)' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.close();

    const next = await opened.page();
    await next.goto(`${url()}/#/people`);
    await next.getByText('Done: 9 of 9 photos enrolled').waitFor();
    await next.getByRole('link', { name: /Sean Connery 2 photos/ }).waitFor();
    await keepScreenshots(next, 'job-done');
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
