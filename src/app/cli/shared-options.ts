import { Option, type Command } from 'commander';
import { PROGRAM_COMMAND } from '../program-command.ts';
import { LOG_LEVELS } from '../logging/log-level.ts';
import type { CommandContext, SharedOptions } from './command-context.ts';
import { exitCodeHelp } from './exit-codes.ts';

/** Runs the work of a command in a context made from its options. */
export type Act = (options: SharedOptions, work: (context: CommandContext) => Promise<void>) => Promise<void>;

/** Examples say `nisus`, which is not on the path of a checkout: a line for the end of them. */
export function inCheckout(): string {
  return PROGRAM_COMMAND === 'nisus' ? '' : `\nIn this checkout, write \`${PROGRAM_COMMAND}\` for \`nisus\`.\n`;
}

/** Adds what every command has: `--json`, `--quiet`, `--verbose`, `--log-level`, and after the help examples and exit codes. */
export function addSharedOptions(command: Command, examples: readonly (readonly [line: string, what: string])[]): Command {
  const shown = examples.map(([line, what]) => `  $ ${line}\n      ${what}`).join('\n');
  return command
    .option('--json', 'print the result as JSON on standard output, everything else on standard error')
    .option('-q, --quiet', 'no progress and no words, only results and errors')
    .option('--verbose', 'log at level debug; show stacks of errors')
    .addOption(new Option('--log-level <level>', 'least level of log lines (JSON, standard error)').choices(LOG_LEVELS))
    .addHelpText('after', `\nExamples:\n${shown}\n${inCheckout()}${exitCodeHelp()}`);
}
