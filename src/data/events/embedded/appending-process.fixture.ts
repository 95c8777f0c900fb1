// A program that appends batch after batch, several at once, and says which are on the disk, until it is killed:
//   node appending-process.fixture.ts FOLDER FIRST_BATCH SEGMENT_EVENTS
// Which events a batch has follows from its number, so whoever killed it knows what must be there.

import { silentLogger } from '../../../base/logger.ts';
import type { Event } from '../event.ts';
import { someEvent } from '../some-event.fixture.ts';
import { openEventLog } from './open-event-log.ts';

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

const IN_FLIGHT = 4;

/** What the program does. */
async function main(folder: string, firstBatch: number, segmentEventsMax: number): Promise<void> {
  const log = await openEventLog(folder, { segmentEventsMax }, { logger: silentLogger });
  let next = firstBatch;
  const lane = async () => {
    for (;;) {
      const batch = next++;
      const { accepted, rejected } = await log.append(crashBatch(batch));
      process.stdout.write(accepted === crashBatchSize(batch) && rejected.length === 0 ? `${batch}\n` : `wrong ${batch}\n`);
      // Senders whose answer was lost send again.
      const again = batch - 3;
      if (batch % 5 !== 0 || again < 0) continue;
      const resent = await log.append(crashBatch(again));
      if (resent.accepted !== 0) process.stdout.write(`wrong ${again}\n`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

if (import.meta.main) await main(process.argv[2]!, Number(process.argv[3]), Number(process.argv[4]));
