import type { EventBatch } from '../../events/event-log.ts';
import type { LoggedEvent } from '../feature-oracle.fixture.ts';

/** Events of a log as batches: consecutive offsets each, `eventsMax` at most, as a log gives them. */
export function batchesOf(log: readonly LoggedEvent[], eventsMax = 7): EventBatch[] {
  const batches: EventBatch[] = [];
  for (let from = 0; from < log.length;) {
    let to = from + 1;
    while (to < log.length && to - from < eventsMax && log[to]!.offset === log[to - 1]!.offset + 1) to++;
    batches.push({ firstOffset: log[from]!.offset, events: log.slice(from, to).map(({ event }) => event) });
    from = to;
  }
  return batches;
}
