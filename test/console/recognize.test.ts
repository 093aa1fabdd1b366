import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './axe.ts';
import { drop, enroll, groupPhoto, type OpenedConsole, openConsole, people } from './console.ts';
import { keepScreenshots } from './screenshots.ts';

let opened: OpenedConsole;
beforeAll(async () => {
  opened = await openConsole();
  await enroll(opened, 'Franck', people.Franck.slice(0, 2));
  await enroll(opened, 'Nicolas Cage', people['Nicolas Cage'].slice(0, 1));
});
afterAll(() => opened.close());

describe('the page that recognises photos', () => {
  it('names who is known, marks strangers, and says why a file is no picture', async () => {
    const { page, goTo } = opened;
    await goTo('/recognize');
    await page.getByRole('button', { name: /Drop photos or folders/ }).waitFor();
    await keepScreenshots(page, 'recognize-empty');
    await drop(page, page.locator('.drop-area'), [
      people.Franck[2]!,
      people['Nicolas Cage'][1]!,
      groupPhoto,
      people['Justin Bieber'][0]!,
    ]);
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'letter.jpg',
        mimeType: 'image/jpeg',
        buffer: Buffer.from('no picture at all'),
      });
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles({
        name: 'scan.tif',
        mimeType: 'image/tiff',
        buffer: await sharp(people.Franck[1]!).tiff().toBuffer(),
      });
    await page.getByText('6 photos', { exact: true }).waitFor();
    await page.getByRole('button', { name: /Franck scan\.tif/ }).waitFor();
    await page.getByRole('button', { name: /^Franck franck_04000/ }).waitFor();
    await page.getByRole('button', { name: /^Nicolas Cage cage2_crop/ }).waitFor();
    await page.getByRole('button', { name: /^3 unknown sample1/ }).waitFor();
    await page.getByRole('button', { name: /^This is not a picture\. letter/ }).waitFor();
    await keepScreenshots(page, 'recognize');
    await expectAccessible(page);
  });

  it('shows of each face who it is and why', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: /^Nicolas Cage/ }).click();
    await page.getByText(/within the threshold of/).waitFor();
    await page.getByText(/Next nearest: Franck/).waitFor();
    await page.getByRole('button', { name: 'Face 1: Nicolas Cage' }).waitFor();
    await keepScreenshots(page, 'photo');
    await expectAccessible(page);
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Nicolas Cage/ }).waitFor();
  });

  it('enrols one face of a group, and knows it in the same photo at once', async () => {
    const { page } = opened;
    await page.getByRole('button', { name: /^3 unknown/ }).click();
    await page.getByRole('button', { name: 'Face 2: Unknown' }).click();
    await page.getByRole('button', { name: 'Enrol this face' }).click();
    await page.getByRole('dialog', { name: 'Add a person' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Add a person' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Enrol this face' }).click();
    await page.getByRole('dialog', { name: 'Add a person' }).waitFor();

    // Browsers pass over entries that are added while nobody does anything: their Back would leave the page.
    const audits = await page.context().newCDPSession(page);
    const issues: unknown[] = [];
    audits.on('Audits.issueAdded', ({ issue }) => issues.push(issue));
    await audits.send('Audits.enable');
    await page.goBack();
    await page.getByRole('dialog', { name: 'Add a person' }).waitFor({ state: 'detached' });
    await page.goBack();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(JSON.stringify(issues)).not.toContain('Skippable');
    await audits.detach();
    await page.getByRole('button', { name: /^3 unknown/ }).click();
    await page.getByRole('button', { name: 'Face 2: Unknown' }).click();
    await page.getByRole('button', { name: 'Enrol this face' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('The second');
    await page.getByRole('button', { name: 'Enrol 1 photo' }).click();
    await page.getByText('acquaint knows The second now.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Face 2: The second' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^The second and 2 unknown sample1/ }).waitFor();
  });

  it('gives a table, and pictures with the names drawn in', async () => {
    const { page } = opened;
    const save = async (item: string) => {
      await page.getByRole('button', { name: 'Download' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: item }).click(),
      ]);
      return readFile((await download.path())!);
    };
    const lines = (await save('Table (CSV)')).toString('utf8').trim().split('\r\n');
    expect(lines[0]).toContain('file,decision,name,confidence,distance');
    expect(lines.filter((line) => line.startsWith('sample1.jpg,'))).toHaveLength(3);
    expect(lines.find((line) => line.startsWith('franck_04000.jpg,match,Franck,'))).toBeDefined();
    expect(lines.find((line) => line.startsWith('letter.jpg,'))).toContain('not a picture');
    const zip = await save('Pictures with names (ZIP)');
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(zip.includes('sample1.jpg')).toBe(true);
    expect(zip.length).toBeGreaterThan(50_000);
    expect(lines.find((line) => line.startsWith('scan.tif,match,Franck,'))).toBeDefined();
    await page.getByText('Not in the file: 1 photo').waitFor();
    await page.getByText(/cannot read scan\.tif, so no names/).waitFor();
    await keepScreenshots(page, 'left-out');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('says that a file is gone, and goes on with the others', async () => {
    const { page } = opened;
    const folder = await mkdtemp(join(tmpdir(), 'acquaint-console-'));
    try {
      const text = join(folder, 'gone.jpg');
      await writeFile(text, 'no picture at all');
      await page.locator('input[type=file]').first().setInputFiles(text);
      await page.getByRole('button', { name: /^This is not a picture\. gone/ }).waitFor();
      await rm(text);
      await page.getByRole('button', { name: 'Try the failed again (2)' }).click();
      await page.getByRole('button', { name: /^The file cannot be read any more.* gone/ }).waitFor();
      await page.getByRole('button', { name: /^This is not a picture\. letter/ }).waitFor();
      expect(await page.getByText('The server does not answer').count()).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('forgets on every page what the server forgets', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('link', { name: /Franck/ }).click();
    await page.getByRole('heading', { name: 'Franck' }).waitFor();
    const tab = await opened.newTab();
    await tab.goto(page.url());
    await tab.getByRole('img', { name: 'Photo 1' }).waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Forget for good' }).click();
    await page.getByRole('textbox', { name: /Type “Franck” to confirm/ }).fill('Franck');
    await page.getByRole('button', { name: 'Forget for good' }).click();
    await page.getByText(/Erased\. Receipt/).waitFor();
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await tab.getByText('This person is not enrolled any more.').waitFor();
    expect(await tab.getByText('Franck', { exact: true }).count()).toBe(0);
    await tab.close();
    await page.goBack();
    await page.getByText('This person is not enrolled any more.').waitFor();
    expect(await page.getByText('Franck', { exact: true }).count()).toBe(0);
    expect(await page.title()).toBe('People · acquaint');
    await goTo('/recognize');
    await page.getByRole('button', { name: /^1 unknown franck_04000/ }).waitFor();
    await page.getByRole('button', { name: /^1 unknown scan/ }).waitFor();
    expect(await page.getByText('Franck', { exact: true }).count()).toBe(0);
  });

  it('keeps the photos of each collection apart', async () => {
    const { page, goTo } = opened;
    const use = async (name: string) => {
      await goTo('/settings/collections');
      await page.getByRole('button', { name: `Use: ${name}` }).click();
      await page.getByRole('button', { name: `Use: ${name}` }).waitFor({ state: 'detached' });
      await goTo('/recognize');
    };
    await page.getByText('7 photos', { exact: true }).waitFor();
    await goTo('/settings/collections');
    await page.getByRole('textbox', { name: 'Name of a new collection' }).fill('visitors');
    await page.getByRole('button', { name: 'Create' }).click();
    await use('visitors');
    await page.getByRole('button', { name: /Drop photos or folders/ }).waitFor();
    expect(await page.getByText(/^\d photos?$/).count()).toBe(0);
    await page.locator('input[type=file]').first().setInputFiles(people['Audrey Hepburn'][0]!);
    await page.getByRole('button', { name: /^1 unknown audrey/ }).waitFor();
    await use('default');
    await page.getByText('7 photos', { exact: true }).waitFor();
    expect(await page.getByText('audrey.jpg').count()).toBe(0);
  });

  it('sorts strangers by likeness; a group gets its name at once', async () => {
    const { page, goTo } = opened;
    await page.getByRole('button', { name: 'Clear' }).click();
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles([...people['Sean Connery'], ...people['Justin Bieber'], people['Audrey Hepburn'][0]!]);
    await page.getByRole('button', { name: 'Sort 5 unknown faces by likeness' }).click();
    await page.getByRole('region', { name: 'Group 3' }).waitFor();
    const sizes = await page.getByText(/^\d faces?, first seen/).allTextContents();
    expect(sizes.map((text) => Number.parseInt(text, 10)).sort()).toEqual([1, 2, 2]);
    await keepScreenshots(page, 'strangers');
    await expectAccessible(page);

    const bieber = page.getByRole('region').filter({ has: page.getByRole('button', { name: /bieber/i }) });
    expect(await bieber.getByRole('button', { name: /^Face \d/ }).count()).toBe(2);
    await bieber.getByRole('button', { name: 'Name this person' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('Justin Bieber');
    await page.getByRole('button', { name: 'Enrol 2 photos' }).click();
    await page.getByText('acquaint knows Justin Bieber now.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('region', { name: 'Group 3' }).waitFor({ state: 'detached' });
    const { body } = await opened.served.call('GET', '/collections/default/people?query=bieber');
    expect(body.people).toMatchObject([{ name: 'Justin Bieber', faces: 2 }]);

    const connery = page.getByRole('region').filter({ has: page.getByRole('button', { name: /Connery/ }) });
    await connery.getByRole('button', { name: /SeanConnery/ }).click();
    await connery.getByRole('button', { name: 'Split off 1 face' }).click();
    await page.getByRole('region', { name: 'Group 3' }).waitFor();
    await page.getByRole('button', { name: 'Drop all' }).click();
    await page.getByRole('heading', { name: 'No unknown faces' }).waitFor();
    await goTo('/strangers');
    await keepScreenshots(page, 'strangers-empty');
    expect(opened.faults).toEqual([]);
  });

  it('forgets whom another computer forgets, and keeps who is only removed', async () => {
    const { page, goTo, served } = opened;
    const at = '/collections/default';
    await goTo('/recognize');
    await page.getByRole('button', { name: 'Clear' }).click();
    const both = [people['Justin Bieber'][0]!, people['Nicolas Cage'][1]!];
    await page.locator('input[type=file]').first().setInputFiles(both);
    await page.getByRole('button', { name: /^Justin Bieber bieber/ }).waitFor();
    await page.getByRole('button', { name: /^Nicolas Cage cage2/ }).waitFor();
    const forget = (name: string) => served.call('POST', `${at}/forget`, { json: { names: [name] } });
    // It is looked after every minute, and when somebody comes back to the page.
    const comeBack = () => page.evaluate(`window.dispatchEvent(new Event('visibilitychange'))`);

    const [cage] = (await served.call('GET', `${at}/people?query=cage`)).body.people;
    await served.call('DELETE', `${at}/people/${cage.id}`);
    await enroll(opened, 'Sean Connery', people['Sean Connery']);
    await forget('Sean Connery');
    let isAskedAbout = false;
    page.on('response', (response) => {
      if (response.url().endsWith('/erased')) isAskedAbout = true;
    });
    await expect.poll(() => comeBack().then(() => isAskedAbout), { timeout: 15_000 }).toBe(true);
    await page.getByRole('button', { name: /^Nicolas Cage cage2/ }).waitFor();

    // Somebody else may have the name by now, and the server may fail once.
    await forget('Justin Bieber');
    await enroll(opened, 'Justin Bieber', people['Sean Connery']);
    let failures = 0;
    await page.route('**/erased', (route) =>
      ++failures === 1 ? route.fulfill({ status: 503, body: '' }) : route.continue(),
    );
    const unknown = page.getByRole('button', { name: /^1 unknown bieber/ });
    await expect.poll(() => comeBack().then(() => unknown.count()), { timeout: 15_000 }).toBe(1);
  });
});
