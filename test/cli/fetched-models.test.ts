import { access, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPack } from '../../src/packs/catalog.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { type CliResult, finished, jsonLines, photos, runCli, startCli, testFolder } from './cli-process.ts';

const models = await pulledModel();
const recipe = 'mobilefacenet-512+mirror';

/** One line that says what is missing, and what to type. */
function expectMissing(result: CliResult, command: string): void {
  expect([result.code, result.stdout]).toEqual([3, '']);
  expect(result.stderr).toMatch(/^acquaint: The model .*\n$/);
  expect(result.stderr).toContain(command);
}

describe('a command that needs a fetched model', () => {
  it('ends with 3 and says how to get it', async () => {
    const folder = await testFolder();
    const run = (...args: string[]) => runCli(folder, ...args, '--models', 'none');
    const yunet = 'acquaint models pull yunet-n --models none';
    expectMissing(await run('detect', photos.cage, '--detector', 'yunet'), yunet);
    const mobilefacenet = 'acquaint models pull mobilefacenet-512 --models none';
    expectMissing(await run('verify', photos.cage, photos.otherCage, '--recipe', recipe), mobilefacenet);
    expectMissing(await run('enroll', '--name', 'Cage', photos.cage, '--recipe', recipe), mobilefacenet);
    await expect(access(join(folder, 'acquaint.db'))).rejects.toThrow();
    const { code, stdout } = await run('detect', photos.cage, '--detector', 'yunet', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([3, { error: { code: 'model_missing' } }]);
  });

  it('takes it from the folder that is named, set or configured, with quotes around it or not', async () => {
    const folder = await testFolder();
    const where = join(folder, 'my models');
    await cp(models, where, { recursive: true });
    const args = ['verify', photos.cage, photos.otherCage, '--recipe', recipe];
    for (const named of [where, `"${where}"`, `\u202a${where}`]) {
      const { code, stderr } = await runCli(folder, ...args, '--models', named);
      expect(code, stderr).toBe(0);
    }
    const set = startCli(folder, args, { env: { ACQUAINT_MODELS: `"${where}"` } });
    expect((await finished(set)).code).toBe(0);
    await writeFile(join(folder, 'acquaint.json'), JSON.stringify({ models: 'my models' }));
    const configured = startCli(folder, args, { env: { ACQUAINT_MODELS: undefined } });
    expect((await finished(configured)).code).toBe(0);
  });

  it('enrols by it, and later calls take the recipe of the gallery', async () => {
    const folder = await testFolder();
    const run = (...args: string[]) => runCli(folder, ...args, '--models', models, '-q');
    expect((await run('enroll', '--name', 'Cage', photos.cage, '--recipe', recipe)).code).toBe(0);
    const args = ['recognize', photos.otherCage, photos.bieber, '--json'];
    const { code, stdout } = await run(...args);
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([
      { faces: [{ decision: 'match', person: { name: 'Cage' } }] },
      { faces: [{ decision: 'unknown', person: null }] },
    ]);
    const other = await run(...args, '--effort', 'fast');
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining(recipe)]);
    expect((await run('doctor')).stdout).toMatch(/^ok +model mobilefacenet-512 +SHA-256 as it should be$/m);
    const doctor = await runCli(folder, 'doctor', '--models', 'none', '--detector', 'yunet');
    expect(doctor.code).toBe(3);
    for (const id of ['mobilefacenet-512', 'yunet-n']) {
      expect(doctor.stdout).toMatch(new RegExp(`^BAD +model ${id} .*acquaint models pull ${id}`, 'm'));
    }
  });

  it('refuses a file that is not the model', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models', findPack('yunet-n')!.fileName), 'not the model');
    const { code, stderr } = await runCli(
      folder,
      'detect',
      photos.cage,
      '--detector',
      'yunet',
      '--models',
      'models',
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/^acquaint: The model yunet-n in models.* is damaged: .*SHA-256.*pull yunet-n/);
  });
});

describe('"commercial": true in acquaint.json', () => {
  it('refuses models that exclude commercial use, and makes no gallery', async () => {
    const folder = await testFolder();
    await writeFile(join(folder, 'acquaint.json'), '{ "commercial": true }');
    for (const args of [
      ['verify', photos.cage, photos.otherCage, '--recipe', 'buffalo_l+mirror'],
      ['enroll', '--name', 'Cage', photos.cage, '--recipe', 'buffalo_l+mirror'],
      ['detect', photos.cage, '--landmarks', '68'],
    ]) {
      const { code, stdout, stderr } = await runCli(folder, ...args, '--json');
      expect([code, JSON.parse(stdout)]).toMatchObject([3, { error: { code: 'not_for_commercial_use' } }]);
      expect(stderr).toMatch(/^acquaint: The model .* may not be used commercially/m);
    }
    await expect(access(join(folder, 'acquaint.db'))).rejects.toThrow();
    expect((await runCli(folder, 'detect', photos.cage)).code).toBe(0);
  });

  it('and other recipes leave people to be listed and forgotten', async () => {
    const folder = await testFolder();
    await runCli(folder, 'enroll', '--name', 'Cage', photos.cage, '--effort', 'fast');
    const database = (await loadSqlite())(join(folder, 'acquaint.db'));
    database.exec("UPDATE collections SET recipe = 'buffalo_l+mirror', embedding_length = 512");
    database.close();
    await writeFile(join(folder, 'acquaint.json'), '{ "commercial": true, "effort": "accurate" }');
    expect((await runCli(folder, 'recognize', photos.cage)).code).toBe(3);
    expect((await runCli(folder, 'people')).stdout).toContain('1 person, 1 face');
    expect((await runCli(folder, 'forget', 'Cage', '--yes')).stdout).toMatch(
      /^Erased Cage: 1 face\. Receipt [0-9a-f-]{36}\.\n$/,
    );
  });
});
