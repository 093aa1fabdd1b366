import { describe, expect, it } from 'vitest';
import { heldPrint } from '../liveness/videos.ts';
import { form } from '../server/served.ts';
import { expectAccessible } from './axe.ts';
import { enroll, openConsole, people } from './console.ts';
import { fakeCamera, franck, type Scene } from './fake-camera.ts';
import { keepScreenshots } from './screenshots.ts';

const photo: Scene = { photo: people.Franck[0]!, seconds: 4 };
/** The same print of a frame of the film, held still, then moved in all the ways a hand can. */
const HOLDS = ['still', 'moved', 'scaled', 'rotated', 'in circles', 'about a slanted axis'] as const;
const print = async (): Promise<Scene[]> => {
  const scenes: Scene[] = [];
  for (const hold of HOLDS) scenes.push({ video: await heldPrint(hold), seconds: 2 });
  return scenes;
};
const REASONS =
  /Something else was done|It took too long|Nobody looked straight|The time was over|It moved as a flat picture|stopped for a moment|suddenly somewhere else|went out of the picture/;

describe('the page that asks for a living face', () => {
  it.each([
    ['a film that does not do what is asked', async () => [franck]],
    ['a photo held before the camera', async () => [photo]],
    ['a print that is moved, scaled, rotated and warped', print],
    ['nobody', async () => [{ empty: true, seconds: 2 } satisfies Scene]],
  ])('lets %s not pass, and says why', async (_what, scenes) => {
    const opened = await openConsole({ camera: await fakeCamera(...(await scenes())) });
    const { page, goTo, faults } = opened;
    try {
      await enroll(opened, 'Franck', people.Franck);
      await goTo('/challenge');
      await page.getByRole('button', { name: 'Begin' }).waitFor();
      await keepScreenshots(page, 'challenge-begin');
      await page.getByRole('button', { name: 'Begin' }).click();
      await page.getByRole('heading', { name: /Look straight|Move into|Turn|Tilt|Come closer/ }).waitFor();
      await expectAccessible(page);
      await page.getByRole('heading', { name: 'That did not work' }).waitFor({ timeout: 90_000 });
      await page.getByText(REASONS).waitFor();
      expect(await page.getByText('A living face', { exact: true }).count()).toBe(0);
      await keepScreenshots(page, 'challenge-failed');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Once more' }).click();
      await page.locator('.face-outline').waitFor();
      await keepScreenshots(page, 'challenge');
      expect(faults).toEqual([]);
    } finally {
      await opened.close();
    }
  });

  it('keeps the rule of a collection, and refuses to name anybody without a pass', async () => {
    const opened = await openConsole();
    const { page, goTo, served } = opened;
    try {
      await enroll(opened, 'Franck', people.Franck.slice(0, 2));
      await goTo('/settings/liveness');
      await page.getByText('It must do what it is asked').click();
      await keepScreenshots(page, 'settings-liveness');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      expect((await served.call('GET', '/collections/default/liveness')).body.policy).toBe('active');
      const search = await served.call('POST', '/collections/default/search', {
        body: await form(['picture', { file: people.Franck[2]! }]),
      });
      expect(search.body.code).toBe('liveness_required');
    } finally {
      await opened.close();
    }
  });
});
