import type { Event } from '../../events/event.ts';
import type { EventBatch, EventLog, ReadOptions } from '../../events/event-log.ts';

/** A log of events in memory, for tests of what reads logs: every event is taken as it is, none is turned away. */
export function createMemoryEventLog(initial: readonly Event[] = []): EventLog {
  const events: Event[] = [...initial];
  const waiting = new Set<() => void>();

  async function* read(fromOffset: number, { batchEventsMax = 1000 }: ReadOptions = {}): AsyncGenerator<EventBatch> {
    const end = events.length;
    for (let from = Math.max(0, fromOffset); from < end; from += batchEventsMax) {
      yield { firstOffset: from, events: events.slice(from, Math.min(end, from + batchEventsMax)) };
    }
  }

  return {
    async append(batch) {
      events.push(...batch);
      for (const wake of waiting) wake();
      waiting.clear();
      return { accepted: batch.length, nextOffset: events.length, rejected: [] };
    },
    read,
    async *follow(fromOffset, options) {
      let next = fromOffset;
      while (!options.signal.aborted) {
        for await (const batch of read(next, options)) {
          if (options.signal.aborted) return;
          yield batch;
          next = batch.firstOffset + batch.events.length;
        }
        if (next < events.length || options.signal.aborted) continue;
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
          options.signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
    },
    async readUser(userId, { limit, receivedBeforeMs = Infinity }) {
      return events.filter((event) => event.userId === userId && event.receivedTimeMs < receivedBeforeMs).slice(-limit);
    },
    async dropBefore() {
      return 0;
    },
    async statistics() {
      const times = events.map((event) => event.timeMs);
      return {
        events: events.length,
        firstOffset: 0,
        nextOffset: events.length,
        bytes: 0,
        firstTimeMs: times.length === 0 ? null : Math.min(...times),
        lastTimeMs: times.length === 0 ? null : Math.max(...times),
        lastReceivedTimeMs: events.at(-1)?.receivedTimeMs ?? null,
        duplicates: 0,
        tooLate: 0,
        inFuture: 0,
        outOfOrder: 0,
      };
    },
    async close() {},
  };
}
