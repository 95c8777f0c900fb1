// A program that appends batch after batch, several at once, and says which are on the disk, until it is killed:
//   node appending-process.fixture.ts FOLDER FIRST_BATCH SEGMENT_EVENTS [LAST_ANSWERS]
// With a fourth argument it has one batch under way at a time and kills itself in the very turn in which it is told of that many.
// Which events a batch has follows from its number, so whoever killed it knows what must be there.

import { silentLogger } from '../../../base/logger.ts';
import { crashBatch, crashBatchSize } from './crash-batches.fixture.ts';
import { openEventLog } from './open-event-log.ts';

const IN_FLIGHT = 4;

/** What the program does. */
async function main(folder: string, firstBatch: number, segmentEventsMax: number, lastAnswers: number | null): Promise<void> {
  const log = await openEventLog(folder, { segmentEventsMax }, { logger: silentLogger });
  let next = firstBatch;
  let answers = 0;
  const lane = async () => {
    for (;;) {
      const batch = next++;
      const { accepted, rejected } = await log.append(crashBatch(batch));
      process.stdout.write(accepted === crashBatchSize(batch) && rejected.length === 0 ? `${batch}\n` : `wrong ${batch}\n`);
      if (++answers === lastAnswers) process.kill(process.pid, 'SIGKILL');
      // Senders whose answer was lost send again.
      const again = batch - 3;
      if (batch % 5 !== 0 || again < 0) continue;
      const resent = await log.append(crashBatch(again));
      if (resent.accepted !== 0) process.stdout.write(`wrong ${again}\n`);
    }
  };
  await Promise.all(Array.from({ length: lastAnswers === null ? IN_FLIGHT : 1 }, lane));
}

const [folder, firstBatch, segmentEvents, lastAnswers] = process.argv.slice(2) as [string, string, string, string?];
await main(folder, Number(firstBatch), Number(segmentEvents), lastAnswers === undefined ? null : Number(lastAnswers));
