import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { createImage } from '../../src/core/image.ts';
import { annotate } from '../../src/imaging/annotate.ts';
import { isDrawable, renderLine } from '../../src/imaging/label-text.ts';
import { temporaryFolder } from './temporary-folder.ts';

// Each test file is a process of its own: fontconfig loads this configuration, which knows no font, at the first text.
const folder = await temporaryFolder();
const emptyConfig = join(folder, 'empty.conf');
await writeFile(
  emptyConfig,
  '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig></fontconfig>',
);
process.env.FONTCONFIG_FILE = emptyConfig;

test('without any system font Latin, Greek, Cyrillic and Devanagari are drawn and a missing glyph is told by its box', async () => {
  for (const name of [
    'Ada Lovelace',
    'José Ñandú',
    'Łódź',
    'Αριστοτέλης',
    'Софья',
    'अनिल',
    'Nguyễn Thị',
    '&<>',
    'e\u0308\u0323',
  ]) {
    expect(await isDrawable(name), name).toBe(true);
    expect((await renderLine(name, 20, [0, 0, 0], 900)).width, name).toBeGreaterThan(8);
  }
  for (const name of ['华罗庚', '口', '国', 'عمر', '한국', '👍', 'Ada 口', '\u0378', '\u200d', '']) {
    expect(await isDrawable(name), name).toBe(false);
  }
});

test('without a font a Chinese name is drawn as its number', async () => {
  const box = { left: 20, top: 20, right: 80, bottom: 80 };
  const { numbered } = await annotate(createImage(200, 200), [{ box, label: '华罗庚', kind: 'match' }]);
  expect(numbered).toEqual([{ number: 1, label: '华罗庚' }]);
});

test.skipIf(process.platform === 'win32')(
  'without fontconfig nothing is printed and the environment stays as it was',
  async () => {
    // Below node_modules, so that the copies find sharp and the font.
    const copies = resolve('node_modules', '.cache', `acquaint-no-fontconfig-${process.pid}`);
    await mkdir(copies, { recursive: true });
    for (const name of ['label-text', 'font-coverage', 'fontconfig', 'load-sharp', 'palette']) {
      const source = await readFile(`src/imaging/${name}.ts`, 'utf8');
      const { outputText } = ts.transpileModule(source, {
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2022,
          rewriteRelativeImportExtensions: true,
        },
      });
      await writeFile(
        join(copies, `${name}.mjs`),
        outputText.replace(/(from ['"]\.\/[\w-]+)\.js/g, '$1.mjs'),
      );
    }
    const script = `import { renderLine } from ${JSON.stringify(join(copies, 'label-text.mjs'))};
    const before = JSON.stringify(process.env);
    const { isDrawable } = await import(${JSON.stringify(join(copies, 'label-text.mjs'))});
    const drawable = [await isDrawable('Ada'), await isDrawable('\u0378')];
    const { width } = await renderLine('Ada', 20, [0, 0, 0], 99);
    console.log(JSON.stringify({ drawable, width, same: before === JSON.stringify(process.env) }));`;
    const { FONTCONFIG_FILE: _, ...env } = process.env;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...env, FONTCONFIG_PATH: join(folder, 'nothing-here'), NODE_OPTIONS: '' },
      encoding: 'utf8',
    });
    await rm(copies, { recursive: true, force: true });
    expect(child.stderr).toBe('');
    const result = JSON.parse(child.stdout);
    expect(result).toMatchObject({ drawable: [true, false], same: true });
    expect(result.width).toBeGreaterThan(20);
  },
);
