import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './axe.ts';
import { drop, enroll, groupPhoto, type OpenedConsole, openConsole, people } from './console.ts';
import { keepScreenshots } from './screenshots.ts';

let opened: OpenedConsole;
beforeAll(async () => {
  opened = await openConsole();
});
afterAll(() => opened.close());

const names = async () => {
  const { body } = await opened.served.call('GET', '/collections/default/people');
  return body.people.map(({ name, faces }: { name: string; faces: number }) => `${name} ${faces}`);
};

describe('the page of people', () => {
  it('says what to do on an empty gallery, and enrols somebody by photos that are dropped', async () => {
    const { page, goTo } = opened;
    await goTo('/');
    await page.getByRole('heading', { name: 'Nobody is enrolled yet' }).waitFor();
    await keepScreenshots(page, 'first-start');
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Add the first person' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('Franck');
    await drop(page, page.locator('.drop-area'), people.Franck.slice(0, 2));
    await page.getByRole('button', { name: 'Enrol 2 photos' }).waitFor();
    await keepScreenshots(page, 'enrol-photos');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Enrol 2 photos' }).click();
    await page.getByText('acquaint knows Franck now.').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: /Franck/ }).waitFor();
    expect(await names()).toEqual(['Franck 2']);
    expect(opened.faults).toEqual([]);
  });

  it('says why a photo is not enrolled, and takes the largest face when told so', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('One of three');
    await page.locator('input[type=file]').first().setInputFiles(groupPhoto);
    await page.getByRole('button', { name: 'Enrol 1 photo' }).click();
    await page.getByText(/There are several faces/).waitFor();
    await page.getByRole('button', { name: 'Take the largest face' }).click();
    await page.getByText('acquaint knows One of three now.').waitFor();
    await page.getByRole('button', { name: 'Show One of three' }).click();
    await page.getByRole('heading', { name: 'One of three' }).waitFor();
    expect(await names()).toEqual(['Franck 2', 'One of three 1']);
  });

  it('asks when a photo looks like somebody else', async () => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await page.getByRole('combobox', { name: 'Name' }).fill('Frank');
    await page.locator('input[type=file]').first().setInputFiles(people.Franck[2]!);
    await page.getByRole('button', { name: 'Enrol 1 photo' }).click();
    await page.getByText(/This looks like Franck/).waitFor();
    await page.getByRole('button', { name: 'Yes, add it to Franck' }).click();
    await page.getByText('1 of 1 photo enrolled.').waitFor();
    expect(await names()).toEqual(['Franck 3', 'One of three 1']);
  });

  it('closes a dialog by Back, and asks before photos are lost', async () => {
    const { page, goTo } = opened;
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    const question = page.getByRole('dialog', { name: 'Close it now?' });
    await goTo('/settings/about');
    await goTo('/people');
    await page.getByRole('button', { name: 'Add a person' }).click();
    await dialog.waitFor();
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add a person' }).click();
    await drop(page, page.locator('.drop-area'), people.Franck.slice(0, 2));
    await page.getByRole('button', { name: 'Enrol 2 photos' }).waitFor();
    await page.keyboard.press('Escape');
    await question.getByText('2 photos have not been enrolled yet.').waitFor();
    await keepScreenshots(page, 'unsaved');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    // Browsers pass over entries that are added while nobody does anything: their Back would leave the page.
    const audits = await page.context().newCDPSession(page);
    const issues: unknown[] = [];
    audits.on('Audits.issueAdded', ({ issue }) => issues.push(issue));
    await audits.send('Audits.enable');
    for (const _ of [1, 2, 3]) {
      await page.goBack();
      await question.waitFor();
      await page.waitForTimeout(100);
      await page.goBack();
      await question.waitFor({ state: 'detached' });
      await page.waitForTimeout(100);
    }
    await page.goBack();
    await question.waitFor();
    expect(JSON.stringify(issues)).not.toContain('Skippable');
    await audits.detach();
    await question.getByRole('button', { name: 'Stay here' }).click();
    await question.waitFor({ state: 'detached' });

    const asked = new Promise<string>((resolve) =>
      page.once('dialog', (browsers) => {
        resolve(browsers.type());
        void browsers.dismiss();
      }),
    );
    await page.close({ runBeforeUnload: true });
    expect(await asked).toBe('beforeunload');

    await page.keyboard.press('Escape');
    await question.getByRole('button', { name: 'Close it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Add a person');
    await page.goBack();
    await page.getByRole('tab', { name: 'About' }).waitFor();
  });

  it('keeps photos from two Backs at once, and from Forward', async () => {
    const { page, goTo } = opened;
    const dialog = page.getByRole('dialog', { name: 'Add a person' });
    const question = page.getByRole('dialog', { name: 'Close it now?' });
    await goTo('/people');
    await page.getByRole('link', { name: /Franck/ }).click();
    await page.getByRole('heading', { name: 'Franck' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Add a person' }).click();
    await drop(page, page.locator('.drop-area'), people.Franck.slice(0, 2));
    await page.getByRole('button', { name: 'Enrol 2 photos' }).waitFor();
    await page.goForward();
    expect(page.url()).toMatch(/\/people$/);
    await page.evaluate('history.back(); setTimeout(() => history.back(), 0)');
    await page.waitForTimeout(300);
    await page.goBack();
    await page.waitForTimeout(300);
    expect(await dialog.getByText('2 photos chosen').isVisible()).toBe(true);
    if (!(await question.isVisible())) await page.keyboard.press('Escape');
    await question.getByRole('button', { name: 'Close it' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('keeps a name written from right to left apart from the words beside it', async () => {
    const { page, goTo, served } = opened;
    await enroll(opened, 'דוד (אורח)', people['Audrey Hepburn']);
    await goTo('/people');
    await page.reload();
    await page.getByRole('link', { name: /דוד/ }).click();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Forget for good' }).click();
    await page.getByRole('heading', { name: 'Forget \u2068דוד (אורח)\u2069 for good' }).waitFor();
    await keepScreenshots(page, 'forget-right-to-left');
    await page.evaluate(`(() => {
      document.activeElement.blur();
      const heading = [...document.querySelectorAll('h2')].find((title) => title.textContent.startsWith('Forget'));
      const text = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT).nextNode();
      const range = document.createRange();
      range.setStart(text, text.data.indexOf('\u2068'));
      range.setEnd(text, text.data.indexOf('\u2069') + 1);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    })()`);
    await page.keyboard.press('Control+C');
    await page.getByRole('textbox', { name: /to confirm/ }).focus();
    await page.keyboard.press('Control+V');
    await page.getByRole('button', { name: 'Forget for good' }).click();
    await page.getByText(/^Erased/).waitFor();
    const { body } = await served.call('GET', '/collections/default/people?query=דוד');
    expect(body.people).toEqual([]);
  });

  it('finds people by a part of their name', async () => {
    const { page, goTo } = opened;
    await enroll(opened, 'Nicolas Cage', people['Nicolas Cage']);
    await enroll(opened, 'Sean Connery', people['Sean Connery']);
    await goTo('/people');
    await page.reload();
    await page.getByRole('searchbox', { name: 'Search by name' }).fill('nico');
    await page.getByRole('link', { name: /Sean Connery/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /Nicolas Cage/ }).waitFor();
    await page.getByRole('searchbox').fill('nobody at all');
    await page.getByText('No name has “nobody at all” in it.').waitFor();
    await page.getByRole('searchbox').fill('');
    await page.getByRole('link', { name: /Sean Connery/ }).waitFor();
    await keepScreenshots(page, 'people');
    await expectAccessible(page);
  });
});

describe('the page of a person', () => {
  const open = async (name: string) => {
    const { page, goTo } = opened;
    await goTo('/people');
    await page.getByRole('link', { name: new RegExp(`^${name} \\d`) }).click();
    await page.getByRole('heading', { name }).waitFor();
  };
  const undo = () => opened.page.getByRole('alert').getByRole('button', { name: 'Undo' }).last().click();

  it('shows the photos', async () => {
    await open('Franck');
    await opened.page.getByRole('img', { name: 'Photo 3' }).waitFor();
    await keepScreenshots(opened.page, 'person');
    await expectAccessible(opened.page);
  });

  it('renames, and takes it back', async () => {
    const { page } = opened;
    await open('Sean Connery');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Nicolas Cage');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody has that name already').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Sir Sean');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Sir Sean' }).waitFor();
    expect(await names()).toContain('Sir Sean 2');
    await undo();
    await page.getByRole('heading', { name: 'Sean Connery' }).waitFor();
    expect(await names()).toContain('Sean Connery 2');
  });

  it('moves photos that are somebody else’s', async () => {
    const { page } = opened;
    await open('Franck');
    await page.getByRole('checkbox', { name: 'Select Photo 3' }).check();
    await page.getByRole('button', { name: 'Move 1 photo to another person' }).click();
    await page.getByRole('combobox', { name: 'Whose are they?' }).fill('Franck’s brother');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('1 photo went to Franck’s brother.').waitFor();
    expect(await names()).toEqual(expect.arrayContaining(['Franck 2', 'Franck’s brother 1']));
  });

  it('moves them to somebody who is enrolled too, and takes that back', async () => {
    const { page } = opened;
    // The note of the test before says the same, and would undo something else.
    await page.reload();
    await open('Franck');
    await page.getByRole('checkbox', { name: 'Select Photo 2' }).check();
    await page.getByRole('button', { name: 'Move 1 photo to another person' }).click();
    await page.getByRole('combobox', { name: 'Whose are they?' }).fill('franck’s Brother');
    await page.getByText('“Franck’s brother” is enrolled').waitFor();
    await page.getByRole('combobox', { name: 'Whose are they?' }).fill('Franck’s brother');
    await page.getByText('Franck’s brother is enrolled already').waitFor();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('1 photo went to Franck’s brother.').waitFor();
    expect(await names()).toEqual(expect.arrayContaining(['Franck 1', 'Franck’s brother 2']));
    await undo();
    await page.getByRole('img', { name: 'Photo 2' }).waitFor();
    expect(await names()).toEqual(expect.arrayContaining(['Franck 2', 'Franck’s brother 1']));
  });

  it('merges two entries, and takes it back in the list of changes', async () => {
    const { page, goTo } = opened;
    await open('Franck’s brother');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Merge into another person' }).click();
    await page.getByRole('button', { name: /^Franck 2 photos/ }).click();
    await keepScreenshots(page, 'merge');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Merge into Franck' }).click();
    await page.getByRole('heading', { name: 'Franck', exact: true }).waitFor();
    expect(await names()).toContain('Franck 3');

    await goTo('/people');
    await page.getByRole('button', { name: 'Changes' }).click();
    const undoMerge = page.getByRole('button', { name: /Undo: Franck’s brother merged into Franck/ });
    await undoMerge.click();
    await undoMerge.waitFor({ state: 'detached' });
    await keepScreenshots(page, 'changes');
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    expect(await names()).toEqual(expect.arrayContaining(['Franck 2', 'Franck’s brother 1']));
  });

  it('removes a photo and a person, and takes both back', async () => {
    const { page } = opened;
    await open('Sean Connery');
    // The next photo comes under the second click, which is not meant for it.
    await page.getByRole('button', { name: 'Remove this photo: Photo 1' }).dblclick({ delay: 60 });
    await page.getByText('The photo was removed.').waitFor();
    expect(await names()).toContain('Sean Connery 1');
    await undo();
    await page.getByRole('img', { name: 'Photo 2' }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await page.getByText('Sean Connery was removed.').waitFor();
    expect((await names()).join()).not.toContain('Sean');
    await undo();
    await page.getByRole('link', { name: /Sean Connery/ }).waitFor();
    expect(await names()).toContain('Sean Connery 2');
  });

  it('forgets nobody, and enrols for nobody, who has got the name meanwhile', async () => {
    const { page, served } = opened;
    await open('Sean Connery');
    const { body } = await served.call('GET', '/collections/default/people?query=sean');
    const [{ id }] = body.people;
    const rename = (name: string) =>
      served.call('PATCH', `/collections/default/people/${id}`, { json: { name } });
    await rename('Sean the first');
    await enroll(opened, 'Sean Connery', people['Audrey Hepburn']);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Forget for good' }).click();
    await page.getByRole('textbox', { name: /to confirm/ }).fill('Sean Connery');
    await page.getByRole('button', { name: 'Forget for good' }).click();
    await page.getByText('The name is another by now').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add photos' }).click();
    await page.getByRole('dialog').locator('input[type=file]').first().setInputFiles([people.Franck[2]!]);
    await page.getByRole('button', { name: 'Enrol 1 photo' }).click();
    await page.getByText(/1 of 1 photo enrolled|looks like|enrolled already/).waitFor();
    await page.keyboard.press('Escape');
    const after = await served.call('GET', '/collections/default/people?query=sean');
    expect(after.body.people.map(({ name }: { name: string }) => name)).toEqual([
      'Sean Connery',
      'Sean the first',
    ]);
    expect(after.body.people[0].faces).toBe(1);
    await served.call('POST', '/collections/default/forget', { json: { names: ['Sean Connery'] } });
    await rename('Sean Connery');
  });

  it('forgets somebody for good only when the name is typed', async () => {
    const { page, goTo } = opened;
    await open('Franck’s brother');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Forget for good' }).click();
    const go = page.getByRole('button', { name: 'Forget for good' });
    expect(await go.isDisabled()).toBe(true);
    await keepScreenshots(page, 'forget');
    await expectAccessible(page);
    await page.getByRole('textbox', { name: /to confirm/ }).fill('Franck’s brother');
    await go.click();
    await page.getByText(/^Erased. Receipt/).waitFor();
    expect((await names()).join()).not.toContain('brother');
    await goTo('/settings/privacy');
    await page.getByRole('cell', { name: '1', exact: true }).first().waitFor();
    expect(opened.faults).toEqual([]);
  });
});
