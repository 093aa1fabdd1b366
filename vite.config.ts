import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** The web console: src/console -> dist/bundle/console. */
export default defineConfig({
  root: fileURLToPath(new URL('src/console/', import.meta.url)),
  base: './',
  // The server puts a fresh one in its place for every page: server/routes/console-routes.ts.
  html: { cspNonce: 'CSP_NONCE' },
  plugins: [react(), licencesOfPackages()],
  build: {
    outDir: fileURLToPath(new URL('dist/bundle/console/', import.meta.url)),
    emptyOutDir: true,
    // The page's security policy lets no picture in that stands in a style sheet.
    assetsInlineLimit: 0,
    // All of them know light-dark().
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/v1': { target: 'http://127.0.0.1:8420', ws: true } } },
});

/** The licences of the packages whose code ends up in the page, in one file beside it. */
function licencesOfPackages(): Plugin {
  return {
    name: 'licences-of-packages',
    generateBundle(_options, bundle) {
      const folders = new Set<string>();
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const id of output.moduleIds) {
          const folder = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(
            id.replace(/^\0/, ''),
          )?.[1];
          if (folder) folders.add(folder);
        }
      }
      const source = [...folders]
        .map(licenceOf)
        .sort()
        .join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}
