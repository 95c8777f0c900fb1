import { CommanderError } from 'commander';
import { asFileSystemError } from '../files/file-system-error.ts';
import { UsageError } from './cli-errors.ts';
import { createCommandContext } from './command-context.ts';
import { EXIT_CODES, exitCodeOf, type ExitCode } from './exit-codes.ts';
import { listenForInterruption } from './interruption.ts';
import { createProgram } from './program.ts';
import { reportFailure } from './report-failure.ts';

/** Runs one command line and tells its exit code. Errors are a line on standard error, with what to type below where options help. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const interruption = listenForInterruption();
  const program = createProgram((options, work) => work(createCommandContext(options, interruption)), args.includes('--json'));
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, args);
    const failure = asFileSystemError(error) ?? error;
    reportFailure(failure, args);
    return exitCodeOf(failure);
  } finally {
    interruption.release();
  }
}

/** Commander has said what was wrong already (or printed the help), except where JSON is asked for. */
function endOfParsing(error: CommanderError, args: readonly string[]): ExitCode {
  if (error.exitCode === 0) return EXIT_CODES.ok;
  if (args.includes('--json')) reportFailure(new UsageError(error.message.replace(/^error: /, '')), args);
  return EXIT_CODES.usage;
}
