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
    .argument('<names...>', 'the people, as `acquaint people` writes the names; removed ones too')
    .summary('erase people for good')
    .description(
      "Erases people's faces, crops, embeddings and events from the gallery, for good: no byte of them stays in the file. Asks " +
        'first. The receipt is a proof without names.',
    )
    .option('-y, --yes', 'do not ask');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint forget "Ada Lovelace"', 'asks, then erases'],
    ['acquaint forget "Ada Lovelace" --yes', 'in a script'],
  ]);
  command.action((names: string[], flags: ForgetFlags) => runForget(names, flags, context));
}

async function runForget(names: readonly string[], flags: ForgetFlags, context: RunContext): Promise<void> {
  if (!flags.yes && !process.stdin.isTTY) {
    throw new UsageError(
      'Expected --yes for forget, because there is no terminal to ask on: erasing cannot be undone.',
    );
  }
  await withPeople(flags, async ({ gallery }) => {
    if (!flags.yes && !(await ask(names, context.signal))) {
      if (flags.json) printJson({ ...whoJson(names), faces: 0, erased: false });
      note('Nothing was erased.');
      return;
    }
    const { faces, receipt, wiped } = await gallery.forget(names);
    if (flags.json) printJson({ ...whoJson(names), faces, erased: true, wiped, receipt });
    else
      print(`Erased ${names.map(printable).join(', ')}: ${counted(faces, 'face')}. Receipt ${receipt.id}.`);
    if (!wiped && !flags.quiet) {
      note(
        'Another process still reads the old state of the file; what it holds back is wiped by the next command.',
      );
    }
  });
  context.finish(exitCodes.done);
}

function whoJson(names: readonly string[]): object {
  return names.length === 1 ? { person: names[0] } : { people: names };
}

async function ask(names: readonly string[], signal: AbortSignal): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  // In raw mode Ctrl-C is a key, not a signal: hand it on.
  prompt.on('SIGINT', () => process.emit('SIGINT'));
  try {
    const question = `Erase ${names.map(printable).join(', ')} for good? [y/N] `;
    const answer = await prompt.question(question, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
