import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './axe.ts';
import { enroll, type OpenedConsole, openConsole, people } from './console.ts';
import { fakeCamera, franck } from './fake-camera.ts';
import { keepScreenshots } from './screenshots.ts';

let opened: OpenedConsole;
beforeAll(async () => {
  opened = await openConsole({ camera: await fakeCamera(franck) });
  await enroll(opened, 'Nicolas Cage', people['Nicolas Cage']);
});
afterAll(() => opened.close());

describe('the webcam', () => {
  it('collects an unknown face while nobody knows it', async () => {
    const { page, goTo } = opened;
    await goTo('/live');
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
    await keepScreenshots(page, 'live-off');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.face-label', { hasText: 'Unknown' }).waitFor();
    await page.getByText(/1 unknown face collected/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
  });

  it('takes photos by itself when the face is good enough, and enrols them', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('Franck');
    await page.getByText('Webcam', { exact: true }).click();
    await page
      .getByText(/Good\. Turn the head/)
      .first()
      .waitFor();
    await keepScreenshots(page, 'enrol-webcam');
    await page.getByText('5 photos taken.').waitFor();
    await page.getByRole('button', { name: 'Take them again' }).click();
    await page.getByRole('button', { name: 'Enrol', exact: true }).waitFor();
    await page.getByText('5 photos taken.').waitFor();
    await page.getByText('Photos', { exact: true }).click();
    await page.getByText(/Drop photos here/).waitFor();
    await page.getByText('Webcam', { exact: true }).click();
    await page.getByText('5 photos taken.').waitFor();
    await page.getByRole('button', { name: 'Enrol 5 photos' }).click();
    await page.getByText('5 of 5 photos enrolled.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: /Franck/ }).waitFor();
  });

  it('names the person live, and says when it was seen', async () => {
    const { page, goTo } = opened;
    await goTo('/live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.face-label', { hasText: 'Franck' }).waitFor();
    await page.getByRole('complementary', { name: 'Seen' }).getByRole('link', { name: 'Franck' }).waitFor();
    await page
      .getByTestId('live-rate')
      .filter({ hasText: /answers a second/ })
      .waitFor();
    await keepScreenshots(page, 'live');
    await expectAccessible(page);
    expect(await page.locator('.face-label', { hasText: 'Nicolas' }).count()).toBe(0);
  });

  it('notes somebody who was away and comes back as another visit, and gives the visits as a table', async () => {
    const { page } = opened;
    const seen = page.getByRole('complementary', { name: 'Seen' });
    expect(await seen.getByRole('listitem').count()).toBe(1);
    await page.clock.setFixedTime(new Date(Date.now() + 10 * 60_000));
    await seen.getByRole('link', { name: 'Franck' }).nth(1).waitFor();
    expect(await seen.getByRole('listitem').count()).toBe(2);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download who was seen as a table (CSV)' }).click(),
    ]);
    const table = await readFile((await download.path())!, 'utf8');
    expect(table.startsWith('\ufeffname,person_id,first_seen,last_seen\r\n')).toBe(true);
    const [, first, second, ...rest] = table.trimEnd().split('\r\n');
    const visit = /^Franck,([^,]+),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/;
    const [, personId, , left] = visit.exec(first!)!;
    const [, sameId, came] = visit.exec(second!)!;
    expect(sameId).toBe(personId);
    expect(came! > left!).toBe(true);
    expect(rest).toEqual([]);
  });

  it('lets the camera go when somebody leaves the page', async () => {
    const { page, goTo } = opened;
    await page.evaluate(`globalThis.track = document.querySelector('video').srcObject.getTracks()[0]`);
    await goTo('/people');
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    expect(await page.evaluate('globalThis.track.readyState')).toBe('ended');
  });

  it('does not remember the visits of somebody who is forgotten', async () => {
    const { page, goTo } = opened;
    await page.getByRole('link', { name: /Franck/ }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Forget for good' }).click();
    await page.getByRole('textbox', { name: /Type “Franck” to confirm/ }).fill('Franck');
    await page.getByRole('button', { name: 'Forget for good' }).click();
    await page.getByText(/Erased\. Receipt/).waitFor();
    await goTo('/live');
    await page.getByText('Nobody has been recognised yet.').waitFor();
    expect(opened.faults).toEqual([]);
  });
});

describe('two cameras', () => {
  it('uses the chosen one on every page, also when it is opened anew', async () => {
    const other = await openConsole({ camera: 'two' });
    const { page, goTo } = other;
    const used = (): Promise<string | undefined> =>
      page.evaluate(`document.querySelector('video')?.srcObject?.getVideoTracks()[0].label`);
    const somethingUsed = async () => {
      await expect.poll(used).toBeTruthy();
      return (await used())!;
    };
    try {
      await goTo('/live');
      await page.getByRole('button', { name: 'Start the camera' }).click();
      const first = await somethingUsed();
      await page.getByRole('combobox', { name: 'Camera' }).click();
      const choices = page.getByRole('option');
      expect(await choices.count()).toBe(2);
      await choices.filter({ hasNotText: first }).click();
      await expect.poll(used).not.toBe(first);
      const second = await somethingUsed();
      await page.reload();
      await goTo('/people');
      await page.getByRole('button', { name: 'Add the first person' }).click();
      await page.getByText('Webcam', { exact: true }).click();
      expect(await somethingUsed()).toBe(second);
      await page.getByRole('combobox', { name: 'Camera' }).waitFor();
      await expectAccessible(page);
      expect(other.faults).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('without a camera', () => {
  it.each([
    ['none', 'No camera was found.'],
    ['refused', 'This page may not use the camera.'],
  ])('%s: says what to do', async (camera, text) => {
    const other = await openConsole({ camera });
    try {
      await other.goTo('/live');
      await other.page.getByRole('button', { name: 'Start the camera' }).click();
      await other.page.getByText(text).waitFor();
      await other.page.getByRole('button', { name: 'Try again' }).click();
      await other.page.getByText(text).waitFor();
      await expectAccessible(other.page);
    } finally {
      await other.close();
    }
  });
});
