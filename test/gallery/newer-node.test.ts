import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { installNewerNodes } from './newer-nodes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** This suite starts vitest under another Node, which must not start it again. */
const nested = process.env.ACQUAINT_NESTED_TEST === '1';

describe("the gallery's tests on a Node that has node:sqlite", () => {
  for (const [version, node] of nested ? [] : installNewerNodes()) {
    it(`pass on Node ${version}`, () => {
      const output = execFileSync(
        node,
        [vitest, 'run', 'test/gallery/sqlite-gallery.test.ts', '--reporter=json'],
        {
          cwd: root,
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, ACQUAINT_NESTED_TEST: '1' },
        },
      );
      const report = JSON.parse(output.slice(output.indexOf('{')));
      expect(report).toMatchObject({ success: true, numFailedTests: 0 });
      expect(report.numPassedTests).toBeGreaterThan(20);
    });
  }

  it.skipIf(nested || (process.platform === 'linux' && process.arch === 'x64'))(
    'are run on Linux x64 only: other machines have no such binaries in npm',
    () => {},
  );
});
