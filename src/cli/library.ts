/** The package itself, loaded when a command first needs it: `--help` and wrong usage answer without it. */
export function loadLibrary(): Promise<typeof import('../index.ts')> {
  return import('../index.ts');
}
