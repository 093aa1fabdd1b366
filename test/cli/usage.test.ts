import { describe, expect, it } from 'vitest';
import { jsonLines, photos, runCli, testFolder } from './cli-process.ts';

const commands = [
  'enroll',
  'recognize',
  'verify',
  'detect',
  'embed',
  'people',
  'forget',
  'evaluate',
  'calibrate',
  'migrate',
  'doctor',
  'models',
];

describe('help', () => {
  it('answers `acquaint` alone with what it is, what to try and where the gallery is', async () => {
    const folder = await testFolder();
    const { code, stdout } = await runCli(folder);
    expect(code).toBe(0);
    expect(stdout).toContain('acquaint enroll people/');
    expect(stdout).toContain('./acquaint.db, not there yet');
    await runCli(folder, 'enroll', '--name', 'Cage', photos.cage);
    expect((await runCli(folder)).stdout).toContain('1 person, 1 face');
  });

  it('lists every command', async () => {
    const { code, stdout } = await runCli(await testFolder(), '--help');
    expect(code).toBe(0);
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });

  it.each(commands)('shows examples for %s', async (command) => {
    const { code, stdout } = await runCli(await testFolder(), command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n {2}acquaint ${command}`));
  });

  it('prints the version', async () => {
    expect((await runCli(await testFolder(), '--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('wrong usage answers 2 with one line', () => {
  it.each([
    [['recognise', 'a.jpg'], /unknown command 'recognise'.*recognize/],
    [['help', 'recognise'], /unknown command 'recognise'.*recognize/],
    [['help', 'nosuch'], /unknown command 'nosuch'/],
    [['detect'], /missing required argument 'pictures'/],
    [['detect', 'a.jpg', '--nonsense'], /unknown option '--nonsense'/],
    [['detect', 'a.jpg', '--min-face', 'abc'], /Expected a whole number of at least 1 but received abc/],
    [['detect', 'a.jpg', '--min-face', '0'], /Expected a whole number of at least 1 but received 0/],
    [['recognize', 'a.jpg', '--threshold', '-0.1'], /Expected a number of at least 0 but received -0.1/],
    [['recognize', 'a.jpg', '--margin', ''], /Expected a number of at least 0 but received nothing/],
    [['detect', 'a.jpg', '--downscale', '2'], /Expected a number above 0 and up to 1 but received 2/],
    [['detect', 'a.jpg', '--gamma', 'Infinity'], /Expected a number above 0 but received Infinity/],
    [['detect', 'a.jpg', '--gamma', '2', '--auto-gamma'], /cannot be used with/],
    [['detect', 'a.jpg', '--landmarks', '7'], /Allowed choices are 5, 68/],
    [['detect', 'a.jpg', '--detector', 'yolo'], /Allowed choices are hog, mmod, yunet/],
    [['enroll', 'a.jpg'], /one folder per person.*--name/],
    [['enroll', '--name', 'A', 'a.jpg', '--at', '7'], /Expected two numbers x,y but received 7/],
    [['enroll', '--name', 'A', 'a.jpg', '--at', '1,2', '--largest'], /cannot be used with/],
    [['enroll', '--name', 'A', 'a.jpg', 'b.jpg', '--at', '1,2'], /--at with one picture of one person/],
    [['verify', 'a.jpg'], /missing required argument 'b'/],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await runCli(await testFolder(), ...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^acquaint: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });
});

describe('wrong usage with --json is an object too', () => {
  it.each([
    [['nosuch', '--json'], /^unknown command 'nosuch'; acquaint help/],
    [['help', 'recognise', '--json'], /^unknown command 'recognise' \(Did you mean recognize\?\)/],
    [['detect', '--json'], /^missing required argument 'pictures'/],
    [['people', '--json', '--nonsense'], /^unknown option '--nonsense'/],
    [
      ['detect', 'a.jpg', '--json', '--min-face', '0'],
      /Expected a whole number of at least 1 but received 0/,
    ],
    [['recognize', 'a.jpg', '--csv', '--json'], /^Expected either --csv or --json/],
    [['enroll', '--name', '', photos.cage, '--json'], /^Expected a name of 1 to/],
  ])('%j', async (args, says) => {
    const { code, stdout, stderr } = await runCli(await testFolder(), ...args);
    expect(code).toBe(2);
    expect(jsonLines(stdout)).toEqual([
      { error: { code: 'wrong_usage', message: expect.stringMatching(says) } },
    ]);
    expect(stderr).toMatch(/^acquaint: [^\n]+\n$/);
  });
});
