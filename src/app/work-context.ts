import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Progress } from './progress.ts';

/** What any longer piece of the app's work is given from outside. */
export interface WorkContext {
  /** Folder of data sets and runs: `NISUS_HOME`, or `.nisus` in the working folder. */
  readonly home: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Aborts when the work shall stop; its reason is an error to throw. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Tells people what is done, a line at a time. */
  say(line: string): void;
}
