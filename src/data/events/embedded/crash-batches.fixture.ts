import type { Event } from '../event.ts';
import { someEvent } from '../some-event.fixture.ts';

/** Events of a batch: 1 to 2,000. */
export function crashBatchSize(batch: number): number {
  return 1 + ((batch * 7919) % 2000);
}

/** A batch by its number. */
export function crashBatch(batch: number): Event[] {
  return Array.from({ length: crashBatchSize(batch) }, (_, at) =>
    someEvent(`${batch}-${at}`, {
      userId: (batch + at) % 50 === 0 ? null : `user-${(batch * 31 + at) % 97}`,
      timeMs: 1_700_000_000_000 + batch * 1000 + at,
      value: at,
    }),
  );
}
