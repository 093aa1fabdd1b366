// Runs a module as the program, its output thrown away, and says at the end how many MB the process needed at most.
import { writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , module, ...args] = process.argv;
process.argv = [process.execPath, module, ...args];
process.stdout.write = (_text, ...rest) => {
  rest.find((each) => typeof each === 'function')?.();
  return true;
};
process.on('exit', () => writeSync(1, String(process.resourceUsage().maxRSS / 1024)));
await import(pathToFileURL(module).href);
