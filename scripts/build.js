// src/*.ts -> dist/*.js with declarations, and src/gallery/scan/kernel/ -> wasm/scan-kernel.wasm, which both src/ and dist/
// load from there. Both folders are emptied first, so that nothing deleted is ever packed.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });

const kernelCompiler = fileURLToPath(new URL('../bin/asc.js', import.meta.resolve('assemblyscript')));
const kernel = ['index.ts', '--baseDir', 'src/gallery/scan/kernel'];
const output = ['--outFile', '../../../../wasm/scan-kernel.wasm'];
// It allocates nothing, so it needs no runtime; AS112 warns of vectors passed between the kernel's own files.
const flags = ['-O3', '--noAssert', '--enable', 'simd', '--runtime', 'stub', '--disableWarning', '112'];
rmSync(`${root}wasm`, { recursive: true, force: true });
execFileSync(process.execPath, [kernelCompiler, ...kernel, ...output, ...flags], {
  cwd: root,
  stdio: 'inherit',
});

const command = `${root}dist/cli/main.js`;
if (existsSync(command)) chmodSync(command, 0o755);
