import path from 'node:path';
import { systemClock } from '../system-clock.ts';
import type { LogLevel } from '../logging/log-level.ts';
import { createPinoLogger } from '../logging/pino-logger.ts';
import { silentProgress } from '../progress.ts';
import type { WorkContext } from '../work-context.ts';
import type { Interruption } from './interruption.ts';
import { createProgress } from './terminal/terminal-progress.ts';

/** Options that every command has. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly logLevel?: LogLevel;
}

/** What a command works with. */
export interface CommandContext extends WorkContext {
  /** Whether standard output shall hold JSON and nothing else. */
  readonly json: boolean;
  /** Prints a result on standard output. */
  print(text: string): void;
}

/** Where data sets and runs lie unless told otherwise. */
export function nisusHome(environment: NodeJS.ProcessEnv): string {
  const given = environment['NISUS_HOME'];
  return path.resolve(given === undefined || given === '' ? '.nisus' : given);
}

/** Makes the context of one command from its options and this process. */
export function createCommandContext(options: SharedOptions, interruption: Interruption): CommandContext {
  const quiet = options.quiet ?? false;
  return {
    home: nisusHome(process.env),
    clock: systemClock,
    logger: createPinoLogger(options.logLevel ?? (options.verbose === true ? 'debug' : 'warn')),
    signal: interruption.signal,
    progress: quiet ? silentProgress : createProgress(process.stderr, systemClock),
    json: options.json ?? false,
    say(line) {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    print(text) {
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}
