import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { silentLogger } from '../../../base/logger.ts';
import { createRandom } from '../../../base/random.ts';
import { platformFeatures } from '../platform-features.ts';
import type { FeatureStore } from '../store/feature-store.ts';
import { createMemoryFeatureStore } from '../store/memory-feature-store.ts';
import { openLmdbFeatureStore } from '../store/open-lmdb-feature-store.ts';
import { createFeatureStream } from './create-feature-stream.ts';
import { createMemoryEventLog } from './memory-event-log.fixture.ts';
import { contentsOf, differencesOf } from './store-contents.fixture.ts';
import { worldEvents } from './world-events.fixture.ts';

async function unbroken(seed: number, count: number): Promise<ReadonlyMap<string, string>> {
  const store = createMemoryFeatureStore();
  const events = [...worldEvents(seed, count)];
  const stream = await createFeatureStream({ views: platformFeatures, store, logger: silentLogger });
  for await (const batch of createMemoryEventLog(events).read(0)) await stream.consume(batch);
  await stream.close();
  return await contentsOf(store, events);
}

test('a stream that is dropped at any moments has, in the end, the state of one that was not', async () => {
  const events = [...worldEvents(1, 600)];
  const whole = await unbroken(1, 600);
  const log = createMemoryEventLog(events);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ batches: fc.integer({ min: 1, max: 12 }), size: fc.integer({ min: 1, max: 60 }), flush: fc.boolean() }), {
        maxLength: 6,
      }),
      fc.integer({ min: 1, max: 400 }),
      async (lives, dirtyRecordsMax) => {
        const store: FeatureStore = createMemoryFeatureStore();
        const open = () =>
          createFeatureStream({
            views: platformFeatures,
            store,
            settings: { dirtyRecordsMax, cachedRecordsMax: 100 },
            logger: silentLogger,
          });
        for (const { batches, size, flush } of lives) {
          const stream = await open();
          let left = batches;
          for await (const batch of log.read(stream.nextOffset(), { batchEventsMax: size })) {
            if (left-- === 0) break;
            await stream.consume(batch);
          }
          if (flush) await stream.flush(); // Else what was not committed is lost with the stream.
        }
        const last = await open();
        for await (const batch of log.read(last.nextOffset())) await last.consume(batch);
        await last.close();
        expect(differencesOf(await contentsOf(store, events), whole)).toBe(0);
      },
    ),
    { numRuns: 15 },
  );
});

test('kill -9 at random moments: state and offset stay one, and the end is that of an unbroken run', async () => {
  const seed = 7;
  const count = 4000;
  const folder = await mkdtemp(path.join(tmpdir(), 'nisus-features-'));
  try {
    const random = createRandom(seed, 'kills');
    let kills = 0;
    const offsets: number[] = [];
    for (let life = 0; life < 5; life++) {
      if (!(await liveUntilKilled(folder, seed, count, random.integer(25)))) break;
      kills++;
      const store = openLmdbFeatureStore(folder, { readOnly: true });
      const views = await store.views();
      // All views are of one commit.
      expect(new Set(views.map(({ checkpoint }) => checkpoint.nextOffset)).size).toBeLessThanOrEqual(1);
      offsets.push(views[0]?.checkpoint.nextOffset ?? 0);
      await store.close();
    }
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
    expect(kills).toBeGreaterThan(0);
    expect(await liveUntilKilled(folder, seed, count, null)).toBe(false);
    const store = openLmdbFeatureStore(folder, { readOnly: true });
    expect(differencesOf(await contentsOf(store, worldEvents(seed, count)), await unbroken(seed, count))).toBe(0);
    await store.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Runs the child; kills it after so many files of the store were seen to change. True where it was killed before its end. */
async function liveUntilKilled(folder: string, seed: number, count: number, turnsUntilKill: number | null): Promise<boolean> {
  const file = path.join(import.meta.dirname, 'stream-child.fixture.ts');
  const child = spawn(process.execPath, [file, folder, String(seed), String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const begun = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
      if (output.includes('begun')) resolve();
    });
  });
  await Promise.race([begun, ended]);
  if (turnsUntilKill !== null) {
    const store = openLmdbFeatureStore(folder, { readOnly: true });
    let seen = -1;
    for (let turn = 0; turn < turnsUntilKill && !output.includes('done') && child.exitCode === null;) {
      const offset = (await store.views())[0]?.checkpoint.nextOffset ?? 0;
      if (offset !== seen) turn++;
      seen = offset;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await store.close();
    child.kill('SIGKILL');
  }
  await ended;
  return !output.includes('done');
}
