/**
 * Kills a process that appends to the log and streams features, again and again with `kill -9`; after each kill the
 * features are brought up to the end of the log and compared, byte by byte, with those of a run that was never stopped.
 *
 *     node bench/features/replay-crash.ts [--kills 50] [--seed 1]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom } from '../../src/base/random.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { openEventLog } from '../../src/data/events/embedded/open-event-log.ts';
import type { Event } from '../../src/data/events/event.ts';
import { platformFeatures } from '../../src/data/features/platform-features.ts';
import { createMemoryFeatureStore } from '../../src/data/features/store/memory-feature-store.ts';
import { openLmdbFeatureStore } from '../../src/data/features/store/open-lmdb-feature-store.ts';
import { createFeatureStream } from '../../src/data/features/stream/create-feature-stream.ts';
import { contentsOf, differencesOf } from '../../src/data/features/stream/store-contents.fixture.ts';
import { readMachine } from '../gate/machine.ts';
import { wholeNumbers } from '../whole-numbers.ts';

const { values: options } = parseArgs({ options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } } });
const number = wholeNumbers(options);
const kills = number('kills');
const random = createRandom(number('seed', 0), 'kills');
const folder = mkdtempSync(path.join(tmpdir(), 'nisus-bench-crash-'));
const [logFolder, storeFolder] = [path.join(folder, 'log'), path.join(folder, 'store')];

/** The run that is never stopped: reads what each life left in the log. */
const unbroken = createMemoryFeatureStore();
const reference = await createFeatureStream({ views: platformFeatures, store: unbroken, logger: silentLogger });
const known: Event[] = [];
let featuresUnequal = 0;
let replayed = 0;
let compared = 0;

try {
  for (let kill = 0; kill < kills; kill++) {
    await liveAndDie(random.integer(250));
    await compare();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const machine = readMachine();
const figures = { kills, events: known.length, featuresUnequal, recordsCompared: compared, eventsReplayed: replayed };
const protocol =
  `${kills} times kill -9 of a process that appends batches of 1 to 400 events and streams ${platformFeatures.length} views from the log, 0 to 250 ms ` +
  `after it began; after each, the stored features go on to the end of the log and every record and checkpoint is compared with an unbroken run's, byte by byte; seed ` +
  `${options.seed}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`;
console.log(`${protocol}\n\n${JSON.stringify(figures)}`);
const output = process.env['NISUS_GATE_OUTPUT'];
if (output !== undefined && output !== '') writeFileSync(output, JSON.stringify({ figures, protocol }));

async function liveAndDie(afterMs: number): Promise<void> {
  const child = fork(path.join(import.meta.dirname, 'crash-child.ts'), [logFolder, storeFolder, options.seed]);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const begun = new Promise<'begun'>((resolve) => child.once('message', () => resolve('begun')));
  if ((await Promise.race([begun, ended])) !== 'begun') throw new Error('The process to be killed ended by itself.');
  await sleep(afterMs);
  child.kill('SIGKILL');
  await ended;
}

async function compare(): Promise<void> {
  const log = await openEventLog(logFolder, {}, { logger: silentLogger });
  for await (const batch of log.read(reference.nextOffset())) {
    await reference.consume(batch);
    known.push(...batch.events);
  }
  await reference.flush();
  const store = openLmdbFeatureStore(storeFolder);
  const stream = await createFeatureStream({ views: platformFeatures, store, logger: silentLogger });
  for await (const batch of log.read(stream.nextOffset())) {
    replayed += batch.events.length;
    await stream.consume(batch);
  }
  await stream.close();
  const [ours, theirs] = [await contentsOf(store, known), await contentsOf(unbroken, known)];
  featuresUnequal += differencesOf(ours, theirs);
  compared += theirs.size;
  await store.close();
  await log.close();
}
