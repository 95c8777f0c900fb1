import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { platformFeatures } from '../../src/data/features/platform-features.ts';
import { compareEngines } from './compare-engines.ts';
import { PARITY_LOGS, type ParityLogName } from './parity-logs.ts';

/** Parity of the two engines in small; all of it: `node bench/features/parity.ts`. */

const data = process.env['NISUS_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');
let temporaryFolder: string;
beforeEach(async () => {
  temporaryFolder = await mkdtemp(path.join(tmpdir(), 'nisus-parity-'));
});
afterEach(() => rm(temporaryFolder, { recursive: true, force: true }));

async function check(name: ParityLogName, eventsMax: number): Promise<void> {
  const source = PARITY_LOGS[name];
  const batches = await source.load({ data, world: 'tiny' });
  const found = await compareEngines({
    batches: batches.slice(0, Math.ceil(eventsMax / 1000)),
    views: platformFeatures,
    moments: 2,
    rows: { where: source.rows, compared: 20 },
    temporaryFolder,
  });
  expect(found.differences).toEqual([]);
  expect(found.unequalValues).toBe(0);
  expect(found.rows).toBeGreaterThan(0);
  expect(found.tellingValues).toBeGreaterThan(1000);
}

test('stream and history agree on a generated log with late events', () => check('generated', 4000));

test.skipIf(!existsSync(path.join(data, 'ml-100k')))('stream and history agree on ml-100k (skipped where the data set is missing)', () =>
  check('ml-100k', 4000),
);
