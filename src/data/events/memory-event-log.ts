import { admitEvents, noArrivals } from './arrival.ts';
import { checkLogOptions, checkReadOptions, type EventLogOptions } from './embedded/log-options.ts';
import type { Event } from './event.ts';
import type { EventBatch, EventLog } from './event-log.ts';
import { BatchTooLargeError, LogClosedError, LogOptionError } from './event-log-errors.ts';

interface MemoryBlock {
  readonly firstOffset: number;
  readonly events: readonly Event[];
}

/**
 * An event log in memory: the rules of the embedded one, without a disk and without memory bounds. For tests, and for worlds that
 * nobody keeps. Reading one user goes through all events.
 *
 * @throws {LogOptionError}
 */
export function createMemoryEventLog(options: Pick<EventLogOptions, 'latenessMsMax' | 'futureMsMax' | 'batchEventsMax'> = {}): EventLog {
  const checked = checkLogOptions(options);
  const arrivals = noArrivals();
  let blocks: MemoryBlock[] = [];
  const ids = new Set<string>();
  let waiting: (() => void)[] = [];
  let closed = false;

  const requireOpen = () => {
    if (closed) throw new LogClosedError();
  };
  const wake = () => {
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  };
  const all = () => blocks.flatMap((block) => block.events);

  async function* batches(from: number, end: number, batchEventsMax: number): AsyncGenerator<EventBatch, void> {
    for (const block of [...blocks]) {
      const last = Math.min(end, block.firstOffset + block.events.length);
      for (let first = Math.max(from, block.firstOffset); first < last; first += batchEventsMax) {
        requireOpen();
        const to = Math.min(last, first + batchEventsMax);
        yield { firstOffset: first, events: block.events.slice(first - block.firstOffset, to - block.firstOffset) };
      }
    }
  }

  async function* follow(from: number, batchEventsMax: number, signal: AbortSignal): AsyncGenerator<EventBatch, void> {
    let next = from;
    while (!signal.aborted) {
      requireOpen();
      const end = arrivals.nextOffset;
      for await (const batch of batches(next, end, batchEventsMax)) {
        if (signal.aborted) return;
        yield batch;
        if (signal.aborted) return;
      }
      next = Math.max(next, end);
      if (closed || arrivals.nextOffset > next) continue;
      await new Promise<void>((resolve) => {
        const done = () => {
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.push(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
  }

  return {
    async append(events) {
      requireOpen();
      if (events.length > checked.batchEventsMax) throw new BatchTooLargeError(events.length, checked.batchEventsMax);
      const firstOffset = arrivals.nextOffset;
      const { accepted, receivedTimesMs, rejected } = admitEvents(events, arrivals, checked, ids);
      const stored = accepted.map((event, at) =>
        event.receivedTimeMs === receivedTimesMs[at] ? event : { ...event, receivedTimeMs: receivedTimesMs[at]! },
      );
      if (stored.length > 0) blocks.push({ firstOffset, events: stored });
      wake();
      return { accepted: stored.length, nextOffset: arrivals.nextOffset, rejected };
    },
    read(fromOffset, readOptions = {}) {
      requireOpen();
      return batches(fromOffset, arrivals.nextOffset, checkReadOptions(fromOffset, readOptions));
    },
    follow(fromOffset, readOptions) {
      requireOpen();
      return follow(fromOffset, checkReadOptions(fromOffset, readOptions), readOptions.signal);
    },
    async readUser(userId, { limit, receivedBeforeMs = Infinity }) {
      requireOpen();
      if (!Number.isSafeInteger(limit) || limit < 1) throw new LogOptionError(`limit is ${limit}, expected a whole number from 1`);
      return all()
        .filter((event) => event.userId === userId && event.receivedTimeMs < receivedBeforeMs)
        .slice(-limit);
    },
    async dropBefore(timeMs) {
      requireOpen();
      const gone = blocks.filter(({ events }) => events.every((event) => event.timeMs < timeMs));
      blocks = blocks.filter((block) => !gone.includes(block));
      let count = 0;
      for (const { events } of gone) {
        for (const { id } of events) ids.delete(id);
        count += events.length;
      }
      return count;
    },
    async statistics() {
      requireOpen();
      const { nextOffset, duplicates, tooLate, inFuture, outOfOrder } = arrivals;
      let [events, firstTimeMs, lastTimeMs] = [0, Infinity, -Infinity];
      for (const event of all()) {
        events++;
        firstTimeMs = Math.min(firstTimeMs, event.timeMs);
        lastTimeMs = Math.max(lastTimeMs, event.timeMs);
      }
      return {
        events,
        firstOffset: blocks[0]?.firstOffset ?? nextOffset,
        nextOffset,
        bytes: 0,
        firstTimeMs: events === 0 ? null : firstTimeMs,
        lastTimeMs: events === 0 ? null : lastTimeMs,
        lastReceivedTimeMs: blocks.at(-1)?.events.at(-1)?.receivedTimeMs ?? null,
        duplicates,
        tooLate,
        inFuture,
        outOfOrder,
      };
    },
    async close() {
      closed = true;
      wake();
    },
  };
}
