import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../newer-node/', import.meta.url));

/** Version and path of Node binaries newer than 20, installed from npm; none on machines they are not made for. */
export function installNewerNodes(): readonly (readonly [version: string, path: string])[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const nodes = ['22', '24'].map(
    (version) => [version, join(folder, 'node_modules', `node-${version}`, 'bin', 'node')] as const,
  );
  if (!nodes.every(([, path]) => existsSync(path))) {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
  return nodes;
}
