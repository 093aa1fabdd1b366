import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { withPeople } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { counted, note, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';

interface ForgetFlags extends CommonFlags {
  readonly yes?: boolean;
}

export function addForget(program: Command, context: RunContext): void {
  const command = program
    .command('forget')
    .argument('<name>', 'the person, as `acquaint people` writes the name')
    .summary('erase a person for good')
    .description("Erases a person's faces, crops and embeddings from the gallery, for good. Asks first.")
    .option('-y, --yes', 'do not ask');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint forget "Ada Lovelace"', 'asks, then erases'],
    ['acquaint forget "Ada Lovelace" --yes', 'in a script'],
  ]);
  command.action((name: string, flags: ForgetFlags) => runForget(name, flags, context));
}

async function runForget(name: string, flags: ForgetFlags, context: RunContext): Promise<void> {
  if (!flags.yes && !process.stdin.isTTY) {
    throw new UsageError(
      'Expected --yes for forget, because there is no terminal to ask on: erasing cannot be undone.',
    );
  }
  await withPeople(flags, async (recognizer) => {
    const { person } = await recognizer.person(name);
    const agreed = flags.yes || (await ask(person.name, person.faces, context.signal));
    if (!agreed) {
      if (flags.json) printJson({ person: person.name, faces: 0, erased: false });
      note('Nothing was erased.');
      return;
    }
    const forgotten = await recognizer.forget(name);
    if (flags.json) printJson(forgotten);
    else print(`Erased ${printable(forgotten.person)}: ${counted(forgotten.faces, 'face')}.`);
  });
  context.finish(exitCodes.done);
}

async function ask(name: string, faces: number, signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // In raw mode Ctrl-C is a key, not a signal: hand it on.
  prompt.on('SIGINT', () => process.emit('SIGINT'));
  try {
    const question = `Erase ${printable(name)} and ${counted(faces, 'face')} for good? [y/N] `;
    const answer = await prompt.question(question, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
