import { NisusError } from '../../base/error.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';
import { errorHint } from './error-hints.ts';

/**
 * Tells a failure on standard error: a line, with what to type below where options help; as JSON with `--json`.
 *
 * @param args the command line, for `--json` and `--verbose`
 */
export function reportFailure(error: unknown, args: readonly string[]): void {
  const verbose = args.includes('--verbose');
  const code = error instanceof NisusError ? error.code : 'INTERNAL';
  const said = error instanceof Error ? error.message : String(error);
  // The wings below know the program by its installed name only.
  const message = said.replaceAll(
    /\bnisus (?=(?:start|import|train|evaluate|recommend|serve|events|features|world)\b)/g,
    `${PROGRAM_COMMAND} `,
  );
  if (args.includes('--json')) {
    const fields = error instanceof NisusError ? error.fields : {};
    process.stderr.write(`${JSON.stringify({ error: { code, message, fields } })}\n`);
  } else {
    const hint = code === 'INTERNAL' && !verbose ? ' (--verbose shows where)' : '';
    const remedy = errorHint(
      code,
      PROGRAM_COMMAND,
      args.find((arg) => /^[a-z]+$/.test(arg)),
    );
    process.stderr.write(`nisus: ${message} [${code}]${hint}\n${remedy === null ? '' : `${remedy.replaceAll(/^/gm, '       ')}\n`}`);
  }
  if (verbose && error instanceof Error) process.stderr.write(`${describeStack(error)}\n`);
}

function describeStack(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${describeStack(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
