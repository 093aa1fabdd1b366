import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filmedMan } from '../../bench/liveness/filmed.js';
import { actedFilm, ffmpegPath, heldPrint } from '../liveness/videos.ts';
import { jpegOf } from '../server/challenge-client.ts';
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

  it('names a man who turns as he is asked, by the frame that he is named by', {
    timeout: 240_000,
  }, async () => {
    const film = await actedFilm([
      ['look_straight', 5],
      ['turn_right', 2],
      ['look_straight', 3.5],
      ['turn_left', 2],
      ['look_straight', 5],
    ]);
    const opened = await openConsole({
      camera: await fakeCamera({ video: film, seconds: 17 }),
      server: {
        recognizer: { detector: 'hog' },
        liveness: { challenge: { stepCount: 2 }, maxFailedChallenges: 100 },
      },
    });
    const { page, goTo, served, faults } = opened;
    try {
      const portrait = join(served.folder, 'sam.jpg');
      await writeFile(portrait, await jpegOf(filmedMan(ffmpegPath).straight.during[0]!));
      await enroll(opened, 'Sam', [portrait]);
      await served.call('PUT', '/collections/default/liveness', { json: { policy: 'active' } });
      await goTo('/challenge');
      await page.getByRole('button', { name: 'Begin' }).click();
      const passed = page.getByRole('heading', { name: 'A living face' });
      const failed = page.getByRole('heading', { name: 'That did not work' });
      // Of two sequences of two steps one is the film's: a drawn one is known by no film.
      for (let tries = 0; tries < 14; tries++) {
        await passed.or(failed).waitFor({ timeout: 60_000 });
        if (await passed.isVisible()) break;
        await page.getByRole('button', { name: 'Once more' }).click();
      }
      await page.getByText('It is Sam.').waitFor();
      await keepScreenshots(page, 'challenge-passed');
      await expectAccessible(page);
      await page.getByRole('link', { name: 'Show Sam' }).click();
      await page.getByRole('heading', { name: 'Sam' }).waitFor();
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
