import { CommanderError } from 'commander';
import { NisusError } from '../../base/error.ts';
import { createCommandContext } from './command-context.ts';
import { errorHint } from './error-hints.ts';
import { EXIT_CODES, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { listenForInterruption } from './interruption.ts';
import { createProgram } from './program.ts';
import { PROGRAM_COMMAND } from './program-command.ts';

/** Runs one command line and tells its exit code. Errors are a line on standard error, with what to type below where options help. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const interruption = listenForInterruption();
  const program = createProgram((options, work) => work(createCommandContext(options, interruption)));
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    // Commander has said what was wrong already (or printed the help).
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
    reportFailure(error, args.includes('--verbose'), args.includes('--json'));
    return exitCodeOf(error);
  } finally {
    interruption.release();
  }
}

function reportFailure(error: unknown, verbose: boolean, json: boolean): void {
  const code = error instanceof NisusError ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const fields = error instanceof NisusError ? error.fields : {};
    process.stderr.write(`${JSON.stringify({ error: { code, message, fields } })}\n`);
  } else {
    const hint = code === 'INTERNAL' && !verbose ? ' (--verbose shows where)' : '';
    const remedy = errorHint(code, PROGRAM_COMMAND);
    process.stderr.write(`nisus: ${message} [${code}]${hint}\n${remedy === null ? '' : `${remedy.replaceAll(/^/gm, '       ')}\n`}`);
  }
  if (verbose && error instanceof Error) process.stderr.write(`${describeStack(error)}\n`);
}

function describeStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${describeStack(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
