import type { EventLog } from '../../data/events/event-log.ts';

/** Reads a log as if it ended at an offset: what a run was made from stays the same while the log grows. */
export function logUntil(log: Pick<EventLog, 'read'>, untilOffset: number): Pick<EventLog, 'read'> {
  return {
    async *read(fromOffset) {
      for await (const batch of log.read(fromOffset)) {
        if (batch.firstOffset >= untilOffset) return;
        const left = untilOffset - batch.firstOffset;
        yield left >= batch.events.length ? batch : { ...batch, events: batch.events.slice(0, left) };
      }
    },
  };
}
