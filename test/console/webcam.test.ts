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
    await page.getByText(/Good\. Turn the head/).waitFor();
    await keepScreenshots(page, 'enrol-webcam');
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

  it('lets the camera go when somebody leaves the page', async () => {
    const { page, goTo } = opened;
    await page.evaluate(`globalThis.track = document.querySelector('video').srcObject.getTracks()[0]`);
    await goTo('/people');
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    expect(await page.evaluate('globalThis.track.readyState')).toBe('ended');
    expect(opened.faults).toEqual([]);
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
      await expectAccessible(other.page);
    } finally {
      await other.close();
    }
  });
});
