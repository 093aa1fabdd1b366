import { chmod, readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { finished, jsonLines, runCli, startCli, testFolder } from './cli-process.ts';

describe('acquaint keys', () => {
  it('makes, lists and revokes a key', async () => {
    const folder = await testFolder();
    const made = await runCli(folder, 'keys', 'create', '--name', 'door', '--scopes', 'recognize', '--json');
    expect(made.code).toBe(0);
    const [{ key }] = jsonLines(made.stdout) as [{ key: { id: string } }];
    expect((await runCli(folder, 'keys', 'list')).stdout).toContain(key.id);
    expect((await runCli(folder, 'keys', 'revoke', key.id)).stdout).toBe(`Revoked ${key.id}.\n`);
    expect((await runCli(folder, 'keys', 'list')).stderr).toContain('There is no key yet');
  });

  it('makes none that ends in no year', async () => {
    const folder = await testFolder();
    const door = ['--name', 'door', '--scopes', 'recognize'];
    const { code, stderr } = await runCli(folder, 'keys', 'create', ...door, '--expires', '1e300');
    expect([code, stderr]).toEqual([2, expect.stringContaining('at most 36500 days until a key expires')]);
  });

  it.each([
    ['a folder that is not there', ['--data', 'typo']],
    ['a folder of something else', ['--data', '.']],
    ['a gallery that is not there', ['--gallery', 'typo.db']],
  ])('lists nothing and makes nothing in %s', async (_what, where) => {
    const folder = await testFolder();
    const list = await runCli(folder, 'keys', 'list', ...where);
    expect([list.code, list.stdout]).toEqual([0, '']);
    expect(list.stderr).toMatch(/^Nothing is kept in [^\n]+\n$/);
    const { stdout } = await runCli(folder, 'keys', 'list', ...where, '--json', '--quiet');
    expect(jsonLines(stdout)).toEqual([{ keys: [] }]);
    expect(await readdir(folder)).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)('is an error for a user who may not look', async () => {
    const folder = await testFolder();
    await chmod(folder, 0o755);
    await runCli(folder, 'keys', 'create', '--name', 'door', '--scopes', 'recognize', '--data', 'kept');
    const asNobody = { uid: 65_534 };
    const { code, stderr } = await finished(startCli(folder, ['keys', 'list', '--data', 'kept'], asNobody));
    expect([code, stderr]).toEqual([3, expect.stringContaining("Expected a folder for the server's data")]);
  });

  it('revokes nothing and makes nothing where nothing is kept', async () => {
    const folder = await testFolder();
    const { code, stderr } = await runCli(folder, 'keys', 'revoke', '0123456789ab', '--data', 'typo');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^acquaint: Expected the id of a key in typo but there is none[^\n]*\n$/);
    expect(await readdir(folder)).toEqual([]);
  });
});
