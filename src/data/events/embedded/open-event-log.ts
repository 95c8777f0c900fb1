import type { Logger } from '../../../base/logger.ts';
import { makeFolders } from '../../../base/make-folders.ts';
import type { EventLog } from '../event-log.ts';
import { LogClosedError, LogWriteError } from '../event-log-errors.ts';
import { createAppendQueue } from './append-queue.ts';
import { asUnreadable, openForReading, openForWriting, PAGES_MAX, readArrivals, type LogDatabase } from './log-database.ts';
import { lockLog } from './log-lock.ts';
import { checkLogOptions, checkReadOptions, type EventLogOptions } from './log-options.ts';
import { createLogReader } from './log-reader.ts';
import { followLog, readLog } from './read-log.ts';
import { openSegmentList, type SegmentList } from './segment-list.ts';
import type { WriterAnswer } from './writer-messages.ts';
import { startWriterThread } from './writer-thread.ts';

/** What a log is given from outside. */
export interface EventLogContext {
  readonly logger: Logger;
}

/**
 * Opens the event log in a folder for writing, made where there is none. One writer at a time, any number of readers, in this
 * process and in others (`openEventLogReader`).
 *
 * Opening reads again what is not sealed yet: at most `segmentEventsMax` events or two, about 0.5 s a million.
 *
 * @throws {LogLockedError} when somebody writes to it already; {@link LogUnreadableError}, {@link LogOptionError}
 */
export async function openEventLog(folder: string, options: EventLogOptions, { logger }: EventLogContext): Promise<EventLog> {
  const checked = checkLogOptions(options);
  await makeFolders(folder);
  const unlock = lockLog(folder, checked.owner);
  let database: LogDatabase | null = null;
  try {
    cleanUp(openForWriting(folder, checked.bytesMax ?? null));
    database = openForReading(folder);
    return await openOn(folder, checked, logger, database, unlock);
  } catch (error) {
    database?.close();
    unlock();
    throw asUnreadable(folder, error);
  }
}

/** Removes what a sealing left that a kill broke off. */
function cleanUp(database: LogDatabase): void {
  const unused = (database.prepare('SELECT coalesce(max(id), 0) + 1 FROM segment').pluck().get() as number) * PAGES_MAX;
  for (const table of ['id_page', 'user_page']) database.prepare(`DELETE FROM ${table} WHERE key >= ?`).run(unused);
  database.close();
}

async function openOn(
  folder: string,
  options: ReturnType<typeof checkLogOptions>,
  logger: Logger,
  database: LogDatabase,
  unlock: () => void,
): Promise<EventLog> {
  const reader = createLogReader(folder, database);
  const arrivals = readArrivals(database);
  let hasGaps = reader.statistics().events < arrivals.nextOffset;
  let closing: Promise<void> | null = null;
  let broken: LogWriteError | null = null;
  let calls = 0;
  const drops = new Map<number, PromiseWithResolvers<number>>();
  let wakers: (() => void)[] = [];
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();

  // First, so that the thread starts while the index is read.
  const writer = startWriterThread({ folder, bytesMax: options.bytesMax ?? null }, onAnswer, onGone);
  const segments = openSegments();
  const queue = createAppendQueue(options, arrivals, segments, (request) => writer.post(request));

  function openSegments(): SegmentList {
    try {
      const exists = (offset: number) => !hasGaps || offset >= queue.durableOffset() || reader.exists(offset);
      return openSegmentList(database, options.segmentEventsMax, exists);
    } catch (error) {
      writer.post({ kind: 'close' });
      throw error;
    }
  }

  function onAnswer(answer: WriterAnswer): void {
    switch (answer.kind) {
      case 'ready':
        opened.resolve();
        break;
      case 'stored':
        queue.stored(answer.sequence);
        wake();
        break;
      case 'failed':
        logger.error('cannot write to the event log', { folder, problem: answer.problem });
        queue.failed(answer.epoch, new LogWriteError(folder, answer.problem));
        break;
      case 'sealed':
        segments.sealed(answer.id, answer);
        break;
      case 'seal-failed':
        // The index stays in memory; it is tried again with the next batch.
        logger.warn('cannot seal a segment of the event log', { folder, problem: answer.problem });
        segments.sealed(answer.id, null);
        break;
      case 'dropped':
        if (answer.events > 0) hasGaps = true;
        segments.dropped(answer.segments);
        settleDrop(answer.call)?.resolve(answer.events);
        break;
      case 'drop-failed':
        settleDrop(answer.call)?.reject(new LogWriteError(folder, answer.problem));
        break;
      case 'closed':
        closed.resolve();
        break;
    }
    if (answer.kind === 'stored' || answer.kind === 'sealed' || answer.kind === 'ready') {
      const next = closing === null ? segments.toSeal(queue.durableOffset()) : null;
      if (next !== null) writer.post(next);
    }
    hold();
  }

  function onGone(problem: string): void {
    broken = new LogWriteError(folder, `${problem}; open the log again`);
    logger.error('the writer of the event log is gone', { folder, problem });
    queue.abandon(broken);
    for (const call of drops.values()) call.reject(broken);
    drops.clear();
    opened.reject(broken);
    closed.resolve();
    wake();
  }

  function settleDrop(call: number): PromiseWithResolvers<number> | undefined {
    const waiting = drops.get(call);
    drops.delete(call);
    return waiting;
  }

  function hold(): void {
    writer.hold(!queue.isEmpty() || drops.size > 0 || closing !== null);
  }

  function wake(): void {
    const waiting = wakers;
    wakers = [];
    for (const waker of waiting) waker();
  }

  function requireOpen(): void {
    if (closing !== null) throw new LogClosedError();
  }

  async function close(): Promise<void> {
    wake();
    await queue.drained();
    await Promise.allSettled([...drops.values()].map((call) => call.promise));
    if (broken === null) {
      writer.post({ kind: 'close' });
      writer.hold(true);
    }
    await closed.promise;
    database.close();
    unlock();
  }

  writer.hold(true);
  await opened.promise;
  hold();

  return {
    async append(events) {
      requireOpen();
      if (broken !== null) throw broken;
      const stored = queue.append(events);
      hold();
      return stored;
    },
    read(fromOffset, readOptions = {}) {
      requireOpen();
      return readLog(reader, fromOffset, reader.nextOffset(), checkReadOptions(fromOffset, readOptions), requireOpen);
    },
    follow(fromOffset, readOptions) {
      requireOpen();
      const more = (signal: AbortSignal) =>
        new Promise<void>((resolve) => {
          const done = () => {
            signal.removeEventListener('abort', done);
            resolve();
          };
          wakers.push(done);
          signal.addEventListener('abort', done, { once: true });
        });
      return followLog(reader, fromOffset, checkReadOptions(fromOffset, readOptions), readOptions.signal, requireOpen, more);
    },
    async readUser(userId, readOptions) {
      requireOpen();
      return reader.user(userId, segments.openSegments(), readOptions);
    },
    async dropBefore(timeMs) {
      requireOpen();
      if (broken !== null) throw broken;
      const call = Promise.withResolvers<number>();
      drops.set(++calls, call);
      writer.post({ kind: 'drop', call: calls, beforeMs: timeMs });
      hold();
      return call.promise;
    },
    async statistics() {
      requireOpen();
      return reader.statistics();
    },
    async close() {
      closing ??= close();
      return closing;
    },
  };
}
