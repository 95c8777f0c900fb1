import type { EventLog } from '../event-log.ts';
import { LogClosedError, LogOptionError } from '../event-log-errors.ts';
import { asUnreadable, openForReading } from './log-database.ts';
import { checkReadOptions } from './log-options.ts';
import { createLogReader } from './log-reader.ts';
import { followLog, readLog } from './read-log.ts';
import { createUserTail } from './user-offsets.ts';

/** The half of an event log that changes nothing. */
export type EventLogReader = Pick<EventLog, 'read' | 'follow' | 'readUser' | 'statistics' | 'close'>;

/** What a reader is given from outside. */
export interface EventLogReaderContext {
  /** Waits that long, or until the signal fires; `follow` looks for new events in between. It may reject when the signal fires. */
  readonly wait: (durationMs: number, signal: AbortSignal) => Promise<void>;
}

/** How a log is opened for reading. */
export interface EventLogReaderOptions {
  /** How long `follow` waits before it looks again. @default 100 */
  readonly pollMs?: number | undefined;
}

/** Events a stretch of the index of users that is not sealed yet. */
const STRETCH_EVENTS = 2 ** 20;

/**
 * Opens the event log in a folder for reading, beside its writer, in this process or another. Every call sees what was on the disk
 * when it was made; nothing that a reader does keeps the writer waiting.
 *
 * The first `readUser` reads what is not sealed yet (0.3 s a million events), later ones what came since.
 *
 * @throws {LogUnreadableError} when there is no log; {@link LogOptionError}
 */
export async function openEventLogReader(
  folder: string,
  options: EventLogReaderOptions,
  context: EventLogReaderContext,
): Promise<EventLogReader> {
  const { pollMs = 100 } = options;
  if (!(Number.isFinite(pollMs) && pollMs >= 1)) throw new LogOptionError(`pollMs is ${pollMs}, expected a number from 1`);
  const database = openForReading(folder);
  const reader = createLogReader(folder, database);
  const userTail = createUserTail(database, STRETCH_EVENTS);
  const tail = () => {
    try {
      return userTail();
    } catch (error) {
      throw asUnreadable(folder, error);
    }
  };
  const closing = new AbortController();
  const requireOpen = () => {
    if (closing.signal.aborted) throw new LogClosedError();
  };
  const more = async (signal: AbortSignal) => {
    const either = AbortSignal.any([signal, closing.signal]);
    await context.wait(pollMs, either).catch((error: unknown) => {
      if (!either.aborted) throw error;
    });
  };
  return {
    read(fromOffset, readOptions = {}) {
      requireOpen();
      return readLog(reader, fromOffset, reader.nextOffset(), checkReadOptions(fromOffset, readOptions), requireOpen);
    },
    follow(fromOffset, readOptions) {
      requireOpen();
      return followLog(reader, fromOffset, checkReadOptions(fromOffset, readOptions), readOptions.signal, requireOpen, more);
    },
    async readUser(userId, readOptions) {
      requireOpen();
      return reader.user(userId, tail(), readOptions);
    },
    async statistics() {
      requireOpen();
      return reader.statistics();
    },
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      database.close();
    },
  };
}
