import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where fonts lie on Linux and macOS when no fontconfig file says so. */
const fontFolders = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts', '/Library/Fonts'];

/**
 * Runs the first rendering of text. fontconfig, inside sharp, loads its configuration then and only then, and where
 * the system has none (slim containers, macOS) prints "Fontconfig error: Cannot load default config file" on stderr,
 * in the middle of the user's output. For that moment it is given a small configuration instead, which is removed
 * again with the environment variable that pointed to it.
 * In worker threads process.env does not reach C code: there the message may appear.
 */
export async function withFontconfig(firstRendering: () => Promise<unknown>): Promise<void> {
  if (process.platform === 'win32' || existsSync(configPath())) {
    await firstRendering();
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-fonts-'));
  const before = process.env.FONTCONFIG_FILE;
  try {
    const file = join(folder, 'fonts.conf');
    await writeFile(file, minimalConfig(folder));
    process.env.FONTCONFIG_FILE = file;
    await firstRendering();
  } finally {
    if (before === undefined) delete process.env.FONTCONFIG_FILE;
    else process.env.FONTCONFIG_FILE = before;
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file that fontconfig will look for; /etc/fonts is built into sharp's libvips. */
function configPath(): string {
  const folder = process.env.FONTCONFIG_PATH ?? '/etc/fonts';
  return resolve(folder, process.env.FONTCONFIG_FILE ?? 'fonts.conf');
}

function minimalConfig(cacheFolder: string): string {
  const folders = fontFolders.map((folder) => `<dir>${folder}</dir>`).join('');
  // rescan 0: it must not look for this file again, which will be gone.
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
${folders}<dir prefix="xdg">fonts</dir><dir>~/.fonts</dir><dir>~/Library/Fonts</dir>
<cachedir>${cacheFolder}</cachedir>
<config><rescan><int>0</int></rescan></config>
</fontconfig>
`;
}
