import { statSync } from 'node:fs';
import { openEventBlock, type EventBlock } from '../block/decode-block.ts';
import type { Event } from '../event.ts';
import type { EventBatch, EventLogStatistics } from '../event-log.ts';
import { LogOptionError } from '../event-log-errors.ts';
import { asUnreadable, logFile, readArrivals, type LogDatabase } from './log-database.ts';
import { offsetsOfUser, type OpenStretch } from './user-offsets.ts';

/** Reads a log through a connection of its own; every call sees what is on the disk when it is made. */
export interface LogReader {
  /** Offset that the next event will get, by what is on the disk. */
  nextOffset(): number;
  /** Whether the event of an offset is there. */
  exists(offset: number): boolean;
  /** Events from `from` to `end - 1`. Lets the event loop turn between batches. */
  batches(from: number, end: number, batchEventsMax: number): AsyncGenerator<EventBatch, void>;
  user(userId: string, stretches: readonly OpenStretch[], options: { readonly limit: number; readonly receivedBeforeMs?: number }): Event[];
  statistics(): EventLogStatistics;
}

interface StoredBlock {
  readonly first_offset: number;
  readonly data: Buffer;
}

/** Blocks that stay open between calls for users' events: 100 kB each. */
const KEPT_BLOCKS = 64;

/** Blocks that are taken from the disk at once. */
const CHUNK_BLOCKS = 8;

/** A reader on a connection. */
export function createLogReader(folder: string, database: LogDatabase): LogReader {
  const nextOffset = database.prepare<[], number>('SELECT next_offset FROM arrivals').pluck();
  const blockBefore = database.prepare<[number], { first_offset: number; events: number; first_received_ms: number }>(
    'SELECT first_offset, events, first_received_ms FROM block WHERE first_offset <= ? ORDER BY first_offset DESC LIMIT 1',
  );
  const dataOf = database.prepare<[number], StoredBlock>('SELECT first_offset, data FROM block_data WHERE first_offset = ?');
  const dataFrom = database.prepare<[number, number], StoredBlock>(
    `SELECT first_offset, data FROM block_data WHERE first_offset >= ? AND first_offset < ? ORDER BY first_offset LIMIT ${CHUNK_BLOCKS}`,
  );
  const totals = database.prepare<[], { events: number; first_offset: number; first_time_ms: number; last_time_ms: number }>(
    'SELECT sum(events) AS events, min(first_offset) AS first_offset, min(first_time_ms) AS first_time_ms, max(last_time_ms) AS last_time_ms FROM block',
  );
  const lastReceived = database.prepare<[], number>('SELECT last_received_ms FROM block ORDER BY first_offset DESC LIMIT 1').pluck();

  function blockOf(offset: number): { readonly first_offset: number; readonly events: number } | null {
    const found = blockBefore.get(offset);
    return found !== undefined && offset < found.first_offset + found.events ? found : null;
  }

  const kept = new Map<number, EventBlock>();

  /** A block, of which those that were asked for last stay open. */
  function openBlock(firstOffset: number): EventBlock | null {
    let block = kept.get(firstOffset);
    if (block === undefined) {
      const stored = dataOf.get(firstOffset);
      if (stored === undefined) return null;
      block = openEventBlock(stored.data);
      if (kept.size >= KEPT_BLOCKS) kept.delete(kept.keys().next().value!);
    } else kept.delete(firstOffset);
    kept.set(firstOffset, block);
    return block;
  }

  /** Offset of the first event received at or after a time, but for up to one block: received times rise along the log. */
  function offsetReceivedBy(timeMs: number): number {
    let [low, high] = [0, nextOffset.get() as number];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const block = blockBefore.get(middle);
      if (block === undefined || block.first_received_ms < timeMs) low = middle + 1;
      else high = Math.min(middle, block.first_offset);
    }
    return low;
  }

  async function* batches(from: number, end: number, batchEventsMax: number): AsyncGenerator<EventBatch, void> {
    let carried: Event[] = [];
    let carriedFrom = from;
    let next = named(() => blockOf(from))?.first_offset ?? from;
    for (;;) {
      const blocks = named(() => dataFrom.all(next, end));
      for (const { first_offset, data } of blocks) {
        const all = openEventBlock(data).events();
        next = first_offset + all.length;
        const start = Math.max(from, first_offset);
        const events = start === first_offset && next <= end ? all : all.slice(start - first_offset, end - first_offset);
        const isNext = carriedFrom + carried.length === start;
        if (carried.length > 0 && (!isNext || carried.length + events.length > batchEventsMax)) {
          yield { firstOffset: carriedFrom, events: carried };
          await turn();
          carried = [];
        }
        if (carried.length === 0) [carried, carriedFrom] = [events, start];
        else for (const event of events) carried.push(event);
        while (carried.length > batchEventsMax) {
          yield { firstOffset: carriedFrom, events: carried.slice(0, batchEventsMax) };
          await turn();
          carried = carried.slice(batchEventsMax);
          carriedFrom += batchEventsMax;
        }
      }
      if (blocks.length < CHUNK_BLOCKS) break;
    }
    if (carried.length > 0) yield { firstOffset: carriedFrom, events: carried };
  }

  function named<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw asUnreadable(folder, error);
    }
  }

  const userEvents: LogReader['user'] = (userId, stretches, { limit, receivedBeforeMs }) => {
    if (!Number.isSafeInteger(limit) || limit < 1) throw new LogOptionError(`limit is ${limit}, expected a whole number from 1`);
    const before = receivedBeforeMs === undefined ? Infinity : offsetReceivedBy(receivedBeforeMs);
    const events: Event[] = [];
    for (const offset of offsetsOfUser(database, stretches, userId, before)) {
      const found = blockOf(offset);
      const block = found === null ? null : openBlock(found.first_offset);
      if (found === null || block === null) continue;
      const event = block.eventAt(offset - found.first_offset);
      if (event.userId !== userId || (receivedBeforeMs !== undefined && event.receivedTimeMs >= receivedBeforeMs)) continue;
      events.push(event);
      if (events.length === limit) break;
    }
    return events.reverse();
  };

  const statistics = database.transaction((): EventLogStatistics => {
    const arrivals = readArrivals(database);
    const { events, first_offset, first_time_ms, last_time_ms } = totals.get()!;
    return {
      events: events ?? 0,
      firstOffset: first_offset ?? arrivals.nextOffset,
      nextOffset: arrivals.nextOffset,
      bytes: ['', '-wal'].reduce((sum, suffix) => sum + (statSync(logFile(folder) + suffix, { throwIfNoEntry: false })?.size ?? 0), 0),
      firstTimeMs: first_time_ms ?? null,
      lastTimeMs: last_time_ms ?? null,
      lastReceivedTimeMs: (lastReceived.get() as number | undefined) ?? null,
      duplicates: arrivals.duplicates,
      tooLate: arrivals.tooLate,
      inFuture: arrivals.inFuture,
      outOfOrder: arrivals.outOfOrder,
    };
  });

  return {
    nextOffset: () => named(() => nextOffset.get() as number),
    exists: (offset) => blockOf(offset) !== null,
    batches,
    user: (userId, stretches, options) => named(() => userEvents(userId, stretches, options)),
    statistics: () => named(statistics),
  };
}

/** A consumer that never waits for anything else must not starve timers and sockets. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
