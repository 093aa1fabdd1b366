import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cached, contentHash } from './test-cache.ts';

const require = createRequire(import.meta.url);
const unpackScript = fileURLToPath(new URL('unpack-chromium.js', import.meta.url));

/** What npm carries is a program for Linux on x64: it needs no package of the system. */
export const npmHasChromium = process.platform === 'linux' && process.arch === 'x64';

export interface NpmChromium {
  readonly executablePath: string;
  /** What to set in its environment, for it to find its libraries and fonts. */
  readonly env: Readonly<Record<string, string>>;
}

/** Unpacks Chromium, once a version: some seconds, 200 MB. */
export async function npmChromium(): Promise<NpmChromium> {
  const packageFolder = dirname(dirname(require.resolve('@sparticuz/chromium')));
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const folder = await cached(`chromium-${version}-with-libraries`, unpack, 'chromium');
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      FONTCONFIG_FILE: await fontConfiguration(join(folder, 'fonts')),
      LD_LIBRARY_PATH: [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  };
}

async function unpack(folder: string): Promise<void> {
  await mkdir(folder);
  await promisify(execFile)(process.execPath, [unpackScript], {
    env: { ...process.env, TMPDIR: folder },
  });
}

/** A bare container has no fonts, other computers have various: the pages get the same ones everywhere. */
async function fontConfiguration(openSans: string): Promise<string> {
  const notoSans = dirname(require.resolve('@expo-google-fonts/noto-sans/package.json'));
  const xml = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(notoSans, '400Regular')}</dir>
  <dir>${join(notoSans, '600SemiBold')}</dir>
  <dir>${join(notoSans, '700Bold')}</dir>
  <dir>${openSans}</dir>
  <cachedir>${join(dirname(openSans), 'font-cache')}</cachedir>
  <match target="pattern">
    <edit name="family" mode="append_last" binding="weak"><string>Noto Sans</string></edit>
  </match>
</fontconfig>
`;
  return cached(`fonts-${contentHash(xml)}.conf`, (path) => writeFile(path, xml));
}
