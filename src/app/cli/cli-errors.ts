import { NisusError } from '../../base/error.ts';

/** Thrown when the command line asks for something that cannot be. Code `USAGE`. */
export class UsageError extends NisusError {
  constructor(message: string, fields: Record<string, unknown> = {}) {
    super('USAGE', message, { fields });
  }
}

/** Thrown when a file that an option names does not exist. Code `FILE_MISSING`. */
export class FileMissingError extends NisusError {
  constructor(option: string, path: string, cause: unknown) {
    super('FILE_MISSING', `${option} names ${path}, which cannot be read. Check the path.`, { fields: { option, path }, cause });
  }
}

/** Why work was stopped from outside: Ctrl-C, or a request to end. Code `INTERRUPTED` or `TERMINATED`. */
export class InterruptedError extends NisusError {
  constructor(signal: 'SIGINT' | 'SIGTERM', remedy: string | null = null) {
    const what = signal === 'SIGINT' ? 'Interrupted.' : 'Asked to end.';
    super(signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED', remedy === null ? what : `${what} ${remedy}`, { fields: { signal } });
  }
}

/** Adds to an interruption what is kept, and how to go on. */
export async function withRemedy<Result>(work: Promise<Result>, remedy: string): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    throw new InterruptedError(error.fields['signal'] as 'SIGINT' | 'SIGTERM', remedy);
  }
}
