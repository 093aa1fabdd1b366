// src/*.ts -> dist/*.js with declarations, and dist/bundle/ with the console's page. Before that the two kernels in AssemblyScript become modules that hold their
// WebAssembly as text: nothing has to be found or fetched when they are loaded. dist/ is emptied first, so that nothing
// deleted is ever packed.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { build as buildPage } from 'vite';

const root = fileURLToPath(new URL('../', import.meta.url));
const kernelCompiler = fileURLToPath(new URL('../bin/asc.js', import.meta.resolve('assemblyscript')));

compileKernel('src/core/kernel', 'src/core/generated/pixel-kernel.ts');
compileKernel('src/gallery/scan/kernel', 'src/gallery/scan/generated/scan-kernel.ts');
writeModule(
  'src/models/generated/preparation.ts',
  'preparation',
  digestOf('src/models/dlib', 'src/models/onnx'),
);

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const project of ['tsconfig.build.json', 'tsconfig.client.json']) {
  execFileSync(process.execPath, [compiler, '-p', project], { cwd: root, stdio: 'inherit' });
}
// What the package ships: few files, because each of two hundred modules costs a millisecond at every start.
buildSync({
  absWorkingDir: root,
  entryPoints: {
    index: 'src/index.ts',
    main: 'src/cli/main.ts',
    server: 'src/server/index.ts',
    'analysis-worker': 'src/recognizer/analysis-worker.ts',
  },
  outdir: 'dist/bundle',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
// Also for browsers: nothing of Node, no package.
buildSync({
  absWorkingDir: root,
  entryPoints: { client: 'src/client/index.ts' },
  outdir: 'dist/bundle',
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
});
chmodSync(join(root, 'dist/bundle/main.js'), 0o755);
await buildPage({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
compressFiles(join(root, 'dist/bundle/console'));

function compileKernel(folder, module) {
  const binary = join(tmpdir(), `acquaint-kernel-${process.pid}.wasm`);
  // They allocate nothing, so they need no runtime; AS112 warns of vectors passed between a kernel's own files.
  const flags = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--disableWarning', '112'];
  execFileSync(
    process.execPath,
    [kernelCompiler, 'index.ts', '--baseDir', folder, '--outFile', binary, ...flags],
    { cwd: root, stdio: 'inherit' },
  );
  writeModule(module, 'wasm', readFileSync(binary).toString('base64'));
  rmSync(binary);
}

/** The server sends these as they lie there to browsers that take them. */
function compressFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (/\.(js|css|svg|txt)$/.test(entry.name)) {
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  }
}

/** Of the code in these folders: what it once made of the weights is good for as long as it is the same. */
function digestOf(...folders) {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      hash.update(`${name}\n${readFileSync(join(root, folder, name), 'utf8').replaceAll('\r\n', '\n')}`);
    }
  }
  return hash.digest('hex');
}

function writeModule(module, name, text) {
  const path = join(root, module);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `export const ${name} =\n  '${text}';\n`);
}
