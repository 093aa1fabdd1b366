import type { Page } from 'playwright-core';

/**
 * Waits until the fonts are there, the page is drawn and what changes in it, as after another colour scheme, has come to
 * its end; what turns for ever does not count.
 */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    await document.fonts.ready;
    await drawn();
    const ending = document
      .getAnimations()
      .filter(({ playState, effect }) => playState === 'running' && effect.getComputedTiming().endTime !== Infinity);
    await Promise.all(ending.map(({ finished }) => finished.catch(() => {})));
    await drawn();
  })()`);
}
