import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { importInteractions } from './import-interactions.ts';
import { openDataset } from './open-dataset.ts';

const data = process.env['NISUS_DATA'] ?? resolve(import.meta.dirname, '../../../../shared/data');
let destination: string;
beforeAll(async () => {
  destination = await mkdtemp(join(tmpdir(), 'nisus-real-'));
});
afterAll(() => rm(destination, { recursive: true, force: true }));

describe('real data', () => {
  it.for([
    { name: 'ml-1m', users: 6040, items: 3416, rows: 999_600, order: 'position', title: 'Raiders of the Lost Ark (1981)' },
    { name: 'ml-100k', users: 943, items: 1682, rows: 100_000, order: 'time', title: 'Kolya (1996)' },
    { name: 'amazon-beauty', users: 22_363, items: 12_101, rows: 198_502, order: 'file', title: undefined },
    { name: 'retailrocket', users: 2174, items: 29_905, rows: 97_381, order: 'time', title: undefined },
  ])('$name imports whole', async ({ name, users, items, rows, order, title }, { skip }) => {
    const folder = join(data, name);
    if (!existsSync(folder)) skip(`${folder} is not there; set NISUS_DATA to the folder that holds ${name}`);
    const { manifest } = await importInteractions(folder, { destination, strict: true }, { clock: manualClock(), logger: silentLogger });
    expect(manifest.counts).toEqual({ users, items, interactions: rows });
    expect(manifest).toMatchObject({ name, order });
    const dataset = await openDataset(destination, { verify: true });
    expect(dataset.itemTitles?.[0]).toBe(title);
    expect(dataset.timesMs === null).toBe(order !== 'time');
    if (name === 'ml-100k') {
      // The README: ratings were collected from September 1997 to April 1998.
      const times = dataset.timesMs!;
      expect(new Date(times.reduce((a, b) => Math.min(a, b))).toISOString()).toMatch(/^1997-09/);
      expect(new Date(times.reduce((a, b) => Math.max(a, b))).toISOString()).toMatch(/^1998-04/);
    }
  });
});
