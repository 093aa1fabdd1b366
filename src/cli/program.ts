import { createRequire } from 'node:module';
import { Command } from 'commander';
import type { RunContext } from './command.ts';
import { addBench } from './commands/bench.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addCollections } from './commands/collections.ts';
import { addDetect } from './commands/detect.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEmbed } from './commands/embed.ts';
import { addEnroll } from './commands/enroll.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addForget } from './commands/forget.ts';
import { addImport } from './commands/import.ts';
import { addKeys } from './commands/keys.ts';
import { addLiveness } from './commands/liveness.ts';
import { addMigrate } from './commands/migrate.ts';
import { addModels } from './commands/models.ts';
import { addPeople } from './commands/people.ts';
import { addPeopleLife } from './commands/people-life.ts';
import { addRecognize } from './commands/recognize.ts';
import { addSeal } from './commands/seal.ts';
import { addServe } from './commands/serve.ts';
import { addVerify } from './commands/verify.ts';
import { applyConfiguration } from './configuration.ts';
import { loadKey } from './gallery-key.ts';
import { locateModels } from './model-packs.ts';
import { colors, errorColors } from './output.ts';
import { printable } from './printable.ts';

const exitCodeHelp = `
${colors.bold('Exit codes:')}
  0 done, also when nobody was found   1 some inputs failed      2 wrong usage
  3 the command could not run          4 verify: not the same    130 interrupted
`;

/** The whole command line. It throws CommanderError instead of ending the process. */
export function buildProgram(context: RunContext): Command {
  const { version, description } = createRequire(import.meta.url)('acquaint/package.json') as {
    version: string;
    description: string;
  };
  const program = new Command('acquaint')
    .description(description)
    .version(version, '-V, --version', 'the version of this program')
    .helpOption('-h, --help', 'this help')
    .helpCommand('help [command]', 'help for a command')
    .configureHelp({ styleTitle: (title) => colors.bold(title) })
    .configureOutput({
      getOutHasColors: () => colors.isColorSupported,
      getErrHasColors: () => errorColors.isColorSupported,
      outputError: (text, write) => write(errorLine(text)),
    })
    .exitOverride();
  // Commands inherit the settings above at the moment they are added.
  const adders = [
    addEnroll,
    addRecognize,
    addVerify,
    addDetect,
    addLiveness,
    addEmbed,
    addPeople,
    addPeopleLife,
    addForget,
    addCollections,
    addExport,
    addImport,
    addSeal,
    addServe,
    addKeys,
    addEvaluate,
    addCalibrate,
    addMigrate,
    addDoctor,
    addBench,
    addModels,
  ];
  for (const add of adders) add(program, context);
  program.hook('preAction', async (_program, command) => {
    await applyConfiguration(command);
    await locateModels(command);
    await loadKey(command);
  });
  program.addHelpText('after', exitCodeHelp);
  return program;
}

/** `help` of what is no command is told as that misspelt command is: commander would print the whole help instead. */
export function withoutHelpOfNothing(program: Command, args: readonly string[]): readonly string[] {
  const [first, name] = args;
  const isKnown = program.commands.some((command) => command.name() === name);
  return first === 'help' && name !== undefined && !isKnown ? args.slice(1) : args;
}

/** Commander's `error: unknown option '--x' …` as one line in this program's words. */
export function usageText(text: string): string {
  const message = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  const hint = /^(unknown|missing|too many)/.test(message) ? '; acquaint help explains the commands' : '';
  return `${message}${hint}`;
}

/** What the user typed is made harmless. */
function errorLine(text: string): string {
  return `${errorColors.red('acquaint:')} ${printable(usageText(text))}\n`;
}
