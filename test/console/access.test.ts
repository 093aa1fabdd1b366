import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './axe.ts';
import { enroll, type OpenedConsole, openConsole, people } from './console.ts';
import { keepScreenshots } from './screenshots.ts';

describe('where keys are needed', () => {
  let opened: OpenedConsole;
  beforeAll(async () => {
    opened = await openConsole({ keys: [['read', 'recognize'], ['admin'], ['recognize']] });
  });
  afterAll(() => opened.close());
  const signIn = async (key: string) => {
    await opened.page.getByLabel('API key').fill(key);
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
  };

  it('asks for a key, and refuses a wrong one', async () => {
    const { page, goTo } = opened;
    await goTo('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keepScreenshots(page, 'sign-in');
    await expectAccessible(page);
    await signIn('acq_wrong_key');
    await page.getByText('The key is wrong, revoked or expired.').waitFor();
  });

  it('shows what the key allows and nothing else, and keeps the session over a reload', async () => {
    const { page, goTo } = opened;
    await signIn(opened.served.keys[0]!);
    await page.getByRole('heading', { name: 'Nobody is enrolled yet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Add the first person' }).count()).toBe(0);
    await page.reload();
    await page.getByRole('heading', { name: 'Nobody is enrolled yet' }).waitFor();
    await goTo('/settings');
    await page.getByRole('tab', { name: 'About' }).waitFor();
    expect(await page.getByRole('tab', { name: 'API keys' }).count()).toBe(0);
    const stored = await page.evaluate('JSON.stringify([localStorage, sessionStorage, document.cookie])');
    expect(stored).not.toContain(opened.served.keys[0]);
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('begins where somebody who may only recognise can do something', async () => {
    const { page, goTo } = opened;
    await signIn(opened.served.keys[2]!);
    await goTo('/');
    await page.getByRole('heading', { name: 'Recognise' }).waitFor();
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0);
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('shows nothing of what one user saw to the next, who signs in in another tab', async () => {
    const { page, goTo, newTab, served } = opened;
    const [, admin, guard] = served.keys;
    await enroll(opened, 'Franck', people.Franck.slice(0, 1), { key: admin });
    await signIn(admin!);
    await goTo('/people');
    await page.getByRole('link', { name: /Franck/ }).waitFor();
    const tab = await newTab();
    await tab.goto(`${served.url}/#/settings`);
    await tab.getByRole('button', { name: /Signed in as/ }).click();
    await tab.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.getByLabel('API key').fill(guard!);
    await tab.getByRole('button', { name: 'Sign in' }).click();
    await tab.getByRole('link', { name: 'Recognise' }).first().waitFor();
    await tab.close();
    await page.getByRole('link', { name: /Franck/ }).click();
    // Not 'All people', which stands on the page of whoever may not see the person.
    await page.getByRole('link', { name: 'People', exact: true }).waitFor({ state: 'detached' });
    await goTo('/people');
    await page.getByText('The key you signed in with may not see people.').waitFor();
    expect(await page.getByText('Franck').count()).toBe(0);
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate('document.activeElement.getAttribute("type")')).toBe('password');
  });

  it('makes keys, shows their secret once, and revokes them', async () => {
    const { page, goTo, served } = opened;
    await signIn(opened.served.keys[1]!);
    await goTo('/settings/keys');
    await page.getByRole('button', { name: 'Create a key' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('front door');
    await page.getByRole('dialog').getByRole('button', { name: 'Create a key' }).click();
    const secret = await page.getByLabel('Key for front door').inputValue();
    await keepScreenshots(page, 'key');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Done' }).click();
    expect((await served.call('GET', '/session', { key: secret })).body.scopes).toEqual(['recognize']);
    expect(await page.content()).not.toContain(secret);
    await page.getByRole('button', { name: 'Revoke: front door' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke: front door' }).waitFor({ state: 'detached' });
    expect((await served.call('GET', '/session', { key: secret })).status).toBe(401);
    expect(opened.faults).toEqual([]);
  });

  it('signs out in the middle of work without a question, and shows nothing of it', async () => {
    const { page, goTo } = opened;
    await goTo('/recognize');
    const photo = { name: 'franck.jpg', mimeType: 'image/jpeg', buffer: await readFile(people.Franck[0]!) };
    await page
      .locator('input[type=file]')
      .first()
      .setInputFiles(Array.from({ length: 60 }, () => photo));
    await page.getByText(/^[1-9]\d? of 60 photos…$/).waitFor();
    await page.getByRole('button', { name: /Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.getByText('franck.jpg').count()).toBe(0);
  });
});

describe('where none is needed', () => {
  let opened: OpenedConsole;
  beforeAll(async () => {
    opened = await openConsole();
    await enroll(opened, 'Franck', people.Franck);
    await enroll(opened, 'Nicolas Cage', people['Nicolas Cage']);
    await enroll(opened, 'Justin Bieber', people['Justin Bieber']);
    await enroll(opened, 'Sean Connery', people['Sean Connery']);
  });
  afterAll(() => opened.close());

  it('measures how well people are told apart, and takes the threshold that is chosen', async () => {
    const { page, goTo, served } = opened;
    await goTo('/evaluation');
    await page.getByRole('img', { name: /Histogram of distances/ }).waitFor();
    await page.getByText('Measured on 9 faces of 4 people in this gallery.').waitFor();
    await keepScreenshots(page, 'evaluation');
    await expectAccessible(page);
    const slider = page.getByRole('slider');
    await slider.focus();
    await slider.press('Home');
    const missed = page.locator('dl.rates > div').filter({ hasText: 'People missed' });
    await missed.getByText('100%', { exact: true }).waitFor();
    for (let i = 0; i < 20; i++) await slider.press('ArrowRight');
    await page.getByRole('button', { name: /^Use .* from now on/ }).click();
    await page.getByText('Saved.').last().waitFor();
    const { body } = await served.call('GET', '/collections/default');
    expect(body.settings.distanceThreshold).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Back to the general threshold' }).click();
    await page.getByRole('button', { name: 'Back to the general threshold' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Calibrate' }).click();
    await page.getByText('There are too few people for it yet.').waitFor();
  });

  it('has settings for matching, collections and privacy, and says what it is made of', async () => {
    const { page, goTo, served } = opened;
    for (const tab of ['matching', 'collections', 'privacy', 'keys', 'about']) {
      await goTo(`/settings/${tab}`);
      await page.getByRole('tabpanel').getByRole('button').or(page.getByRole('cell')).first().waitFor();
      await keepScreenshots(page, `settings-${tab}`);
      await expectAccessible(page);
    }
    await goTo('/settings/collections');
    await page.getByRole('textbox', { name: 'Name of a new collection' }).fill('Visitors!');
    await page.getByText('Small letters, digits').waitFor();
    await page.getByRole('textbox', { name: 'Name of a new collection' }).fill('visitors');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('button', { name: 'Use: visitors' }).click();
    await goTo('/people');
    await page.getByRole('heading', { name: 'Nobody is enrolled yet' }).waitFor();
    await goTo('/settings/privacy');
    await page.getByRole('textbox', { name: 'Days after which somebody is erased' }).fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').last().waitFor();
    // The last test's note says 'Saved.' too.
    const retention = async () =>
      (await served.call('GET', '/collections/visitors')).body.settings.retentionDays;
    await expect.poll(retention).toBe(30);
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Save');
    await page.getByRole('textbox', { name: 'Days after which somebody is erased' }).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(retention).toBe(null);
  });

  it('says whom fewer days would erase, and erases nobody who is not confirmed', async () => {
    const { page, goTo, served } = opened;
    await served.call('POST', '/collections', { json: { name: 'brief' } });
    const brief = '/collections/brief';
    await enroll(opened, 'Franck', people.Franck.slice(0, 1), { collection: 'brief' });
    const [person] = (await served.call('GET', `${brief}/people`)).body.people;
    await served.call('DELETE', `${brief}/people/${person.id}`);
    await goTo('/settings/collections');
    await page.reload();
    await page.getByRole('button', { name: 'Use: brief' }).click();
    await goTo('/settings/privacy');
    const days = page.getByRole('textbox', { name: 'Days in which a removal can be undone' });
    const dialog = page.getByRole('dialog', { name: 'Erase what is older than that?' });
    const grace = async () => (await served.call('GET', brief)).body.settings.graceDays;
    await days.fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('1 person who was removed or merged cannot be brought back any more.').waitFor();
    await keepScreenshots(page, 'fewer-days');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await grace()).toBe(30);
    await page.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('button', { name: 'Save and erase' }).click();
    await expect.poll(grace).toBe(0);
    expect(await days.inputValue()).toBe('0');
  });

  it('saves the days that it has asked about, whatever is typed meanwhile, and says which are none', async () => {
    const { page, served } = opened;
    const days = page.getByRole('textbox', { name: 'Days in which a removal can be undone' });
    const rules = async () => (await served.call('GET', '/collections/brief')).body.settings;
    await served.call('PATCH', '/collections/brief', { json: { retentionDays: 365 } });
    let answer = () => {};
    const isTyped = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/expired', async (route) => {
      await isTyped;
      await route.continue();
    });
    await days.fill('60');
    await Promise.all([
      page.waitForRequest('**/expired'),
      page.getByRole('button', { name: 'Save' }).click(),
    ]);
    await days.fill('40000');
    await page.getByText('A number from 0 to 36,500 is expected.').waitFor();
    await expectAccessible(page);
    answer();
    // The other number is as somebody else has set it.
    await expect.poll(rules).toMatchObject({ graceDays: 60, retentionDays: 365 });
    await page.unroute('**/expired');
    await days.press('Enter');
    await days.fill('30');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(rules).toMatchObject({ graceDays: 30, retentionDays: 365 });
  });

  it('has no serious fault for people who use other means, on every page in both colours', async () => {
    const { page, goTo } = opened;
    const pages = ['/people', '/recognize', '/live', '/strangers', '/evaluation', '/settings/matching'];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const path of [...pages, '/settings/privacy', '/settings/keys', '/settings/about']) {
        await goTo(path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await expectAccessible(page);
      }
    }
    expect(opened.faults).toEqual([]);
  });

  it.each(['en-US@posix', 'xx', 'EN-gb'])('opens in a browser that names its language %s', async (tag) => {
    const tab = await opened.newTab();
    await tab.addInitScript(`Object.defineProperty(navigator, 'languages', { get: () => ['${tag}'] })`);
    await tab.goto(`${opened.served.url}/#/people`);
    await tab.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await tab.close();
    expect(opened.faults).toEqual([]);
  });

  it('goes through the tabs of the settings by arrow keys', async () => {
    const { page, goTo } = opened;
    await goTo('/settings/matching');
    await page.getByRole('tab', { name: 'Matching' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Liveness', selected: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Collections', selected: true }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Collections');
  });

  it('can be used by keyboard alone', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.reload();
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
    await page.keyboard.press('Tab');
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('main');
    await page.getByRole('button', { name: 'Add the first person' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('INPUT');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Add the first person');
  });
});
