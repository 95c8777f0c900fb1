import type { Event } from '../../data/events/event.ts';

/** How long an event may be under way at most, from the tick in which it is written. */
const HORIZON_MS = 24 * 3_600_000;

/**
 * Events on their way to the platform: written when they happen, handed on in the tick in which they are received, in
 * order of receipt (and of writing, where two are received at once).
 */
export interface Outbox {
  /** @param event received at most a day after the tick now in progress; later receipt counts as then */
  put(event: Event): void;
  /** Takes out what is received before the end of the tick, which is the next one on every call. */
  take(tick: number): readonly Event[];
  /** Events under way. */
  size(): number;
}

/** @param startTick the first tick that {@link Outbox.take} will be asked for */
export function createOutbox(tickMs: number, startTick: number): Outbox {
  const length = Math.ceil(HORIZON_MS / tickMs) + 2;
  const buckets: Event[][] = Array.from({ length }, () => []);
  let now = startTick;
  let size = 0;
  return {
    put(event) {
      const tick = Math.min(Math.max(now, Math.floor(event.receivedTimeMs / tickMs)), now + length - 1);
      buckets[tick % length]!.push(event);
      size++;
    },
    take(tick) {
      now = tick + 1;
      const bucket = buckets[tick % length]!;
      const events = inOrderOfReceipt(bucket);
      // Emptied, not replaced: a dead array of the old generation would keep its young events alive to the next full collection.
      bucket.length = 0;
      size -= events.length;
      return events;
    },
    size: () => size,
  };
}

/** A new array. Stable: events received in one millisecond stay as they were written. */
function inOrderOfReceipt(events: readonly Event[]): Event[] {
  const { length } = events;
  let firstMs = Infinity;
  for (const { receivedTimeMs } of events) if (receivedTimeMs < firstMs) firstMs = receivedTimeMs;
  // Numbers sort several times as fast as objects by a comparison: time and place in one.
  const keys = new Float64Array(length);
  for (let at = 0; at < length; at++) keys[at] = (events[at]!.receivedTimeMs - firstMs) * length + at;
  keys.sort();
  const ordered: Event[] = [];
  for (let at = 0; at < length; at++) ordered.push(events[keys[at]! % length]!);
  return ordered;
}
