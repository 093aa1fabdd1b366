import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CliResult, finished, startCli } from './cli-process.ts';

/** Writes at the end which native libraries the process, with all its threads, has loaded. */
const probe = `
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (isMainThread) {
  process.on('exit', () => writeFileSync(process.env.PROBE, JSON.stringify(process.report.getReport().sharedObjects)));
}
`;

/** Runs the command, and says which native libraries it loaded. */
export async function runProbed(
  folder: string,
  args: readonly string[],
): Promise<CliResult & { readonly libraries: string }> {
  const module = join(folder, 'probe.mjs');
  const output = join(folder, 'libraries.json');
  await writeFile(module, probe);
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(module)}`, PROBE: output };
  const result = await finished(startCli(folder, args, { env }));
  return { ...result, libraries: await readFile(output, 'utf8') };
}
