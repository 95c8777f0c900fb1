import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { readManifest } from './dataset-manifest.ts';
import { importInteractions } from './import-interactions.ts';
import type { ImportOptions } from './import-options.ts';

const folder = await mkdtemp(join(tmpdir(), 'nisus-times-'));
const destination = join(folder, 'dataset');
afterAll(() => rm(folder, { recursive: true, force: true }));

async function importText(name: string, text: string, options: Partial<ImportOptions> = {}) {
  await writeFile(join(folder, name), text);
  const context = { clock: manualClock(), logger: silentLogger };
  return importInteractions(join(folder, name), { destination, ...options }, context);
}

const FIRST = 1_600_000_000;
const seconds = Array.from({ length: 20 }, (_, row) => String(FIRST + row));
const dates = Array.from({ length: 20 }, (_, row) => `2021-01-01T00:00:${String(row + 10)}Z`);
const times = [...seconds, String(FIRST * 1000), ...dates];

it.each(['csv', 'jsonl'])('a number in another unit than the rest is set aside, not misdated (%s)', async (kind) => {
  const json = times.map((time, row) => JSON.stringify({ user: 'u', item: row, time: /^\d+$/.test(time) ? Number(time) : time }));
  const csv = ['user,item,time', ...times.map((time, row) => `u,${row},${time}`)];
  const { manifest } = await importText(`mixed.${kind}`, (kind === 'csv' ? csv : json).join('\n'));
  expect(manifest.counts.interactions).toBe(40);
  expect(manifest.source).toMatchObject({ timeUnit: 'seconds', rejects: { total: 1, byReason: { 'unreadable-time': 1 } } });
  const reject = JSON.parse(await readFile(join(destination, 'rejects.jsonl'), 'utf8')) as { line: number; detail: string };
  expect(reject.line).toBe(kind === 'csv' ? 22 : 21);
  expect(reject.detail).toMatch(/1600000000000.*milliseconds.*seconds/);
  expect(manifest.firstTimeMs).toBe(FIRST * 1000);
  expect(manifest.lastTimeMs).toBe(Date.UTC(2021, 0, 1, 0, 0, 29));
  expect(await readManifest(destination)).toEqual(manifest);
});

it('a unit that was given is believed', async () => {
  const text = `user,item,time\nu,a,${FIRST}\nu,b,${FIRST * 1000}\nu,c,0\n`;
  const { manifest } = await importText('given.csv', text, { timeUnit: 'milliseconds' });
  expect(manifest).toMatchObject({ firstTimeMs: 0, lastTimeMs: FIRST * 1000, counts: { interactions: 3 } });
});

it('without times there is no first and last', async () => {
  expect((await importText('bare.csv', 'user,item\nu,a\n')).manifest).toMatchObject({ firstTimeMs: null, lastTimeMs: null });
});
