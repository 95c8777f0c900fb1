/**
 * `kill -9` at random moments of a process that appends under load; after each the log is opened and looked at whole.
 *
 *     node bench/log/crash.ts [--kills 50] [--seed 1]
 *
 * What cannot be tried here is power loss: the log commits with SQLite's synchronous=FULL, which flushes before it answers.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { checkAfterKill, killAppending } from '../../src/data/events/embedded/kill-appending.fixture.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({ options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } } });
const number = wholeNumbers(options);
const kills = number('kills');
const random = createRandom(number('seed', 0), 'log-crash');
/** A kill comes this long after the first acknowledged batch at most. */
const DELAY_MS_MAX = 400;

const folder = mkdtempSync(path.join(tmpdir(), 'nisus-log-crash-'));
const totals = {
  kills: 0,
  lost: 0,
  twice: 0,
  halfBatches: 0,
  wrongUsers: 0,
  takenAgain: 0,
  wrongAnswers: 0,
  acknowledgedBatches: 0,
  events: 0,
};
try {
  const acknowledged = new Set<number>();
  let nextBatch = 0;
  for (let kill = 0; kill < kills; kill++) {
    const delayMs = random.next() * DELAY_MS_MAX;
    // Every eighth comes while the log is still being opened, or with the first batch.
    const waitsForFirst = kill % 8 !== 7;
    // Every third is the process's own doing, in the turn of an answer: what was answered too early would be missing.
    const ofItself = kill % 3 === 2;
    const untilKill = async (onAcknowledged: (callback: () => void) => void) => {
      if (waitsForFirst) await new Promise<void>((resolve) => onAcknowledged(resolve));
      await sleep(waitsForFirst ? delayMs : 100 + delayMs / 2);
    };
    const killed = await killAppending(folder, nextBatch, ofItself ? 1 + random.integer(20) : untilKill);
    for (const batch of killed.acknowledged) acknowledged.add(batch);
    const after = await checkAfterKill(folder, acknowledged);
    totals.kills++;
    totals.lost += after.lost;
    totals.twice += after.twice;
    totals.halfBatches += after.halfBatches;
    totals.wrongUsers += after.wrongUsers;
    totals.takenAgain += after.takenAgain;
    totals.wrongAnswers += killed.wrong.length;
    totals.acknowledgedBatches = acknowledged.size;
    totals.events = after.events;
    nextBatch = after.nextBatch;
    console.log(`kill ${kill + 1} after ${killed.acknowledged.length} batches: ${JSON.stringify(after)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const machine = readMachine();
const protocol =
  `${kills} kills -9 of a process with 4 batches of 1 to 2,000 events in flight, up to ${DELAY_MS_MAX} ms after its first answer (every eighth around ` +
  `its opening, every third by itself in the turn of an answer), seed ${options.seed}; the log goes on from kill to kill; segments of 20,000 events; ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`;
console.log(`\n${protocol}\n${JSON.stringify(totals)}`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures: totals, protocol }));
if (totals.lost + totals.twice + totals.halfBatches + totals.wrongUsers + totals.takenAgain + totals.wrongAnswers > 0) process.exitCode = 1;
