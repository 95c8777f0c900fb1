import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { silentProgress } from '../progress.ts';
import { systemClock } from '../system-clock.ts';
import type { WorkContext } from '../work-context.ts';
import { findDataset, shapeOf } from './find-dataset.ts';

let folder: string;
let context: WorkContext;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-find-'));
  const { signal } = new AbortController();
  context = { home: path.join(folder, 'home'), clock: systemClock, logger: silentLogger, signal, progress: silentProgress, say() {} };
});
afterEach(() => rmSync(folder, { recursive: true }));

function source(...rows: readonly string[]): string {
  const file = path.join(folder, 'clicks.csv');
  writeFileSync(file, ['user,item,time', ...rows, ''].join('\n'));
  return file;
}

test('a source is imported once, and again when it has changed', async () => {
  const file = source('u1,a,1', 'u1,b,2');
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  expect((await findDataset(file, context)).how).toBe('imported');
  const again = await findDataset(file, context);
  expect(again.how).toBe('cached');
  expect((await findDataset(again.folder, context)).how).toBe('given');
  source('u1,a,1', 'u1,b,3');
  utimesSync(file, 1_700_000_001, 1_700_000_001);
  const changed = await findDataset(file, context);
  expect(changed.how).toBe('imported');
  expect(changed.manifest.fingerprint).not.toBe(again.manifest.fingerprint);
});

test('no source is the generated data set, the same at every call', async () => {
  const first = await findDataset(null, context);
  const second = await findDataset(null, context);
  expect([first.how, second.how]).toEqual(['generated', 'cached']);
  expect(second.manifest.fingerprint).toBe(first.manifest.fingerprint);
  expect(shapeOf(first.manifest)).toMatchObject({ isGenerated: true, hasTimes: true, items: first.manifest.counts.items });
});

test('the word generated is the generated data set, a path that ends so is not', async () => {
  expect((await findDataset('generated', context)).how).toBe('generated');
  await expect(findDataset(path.join(folder, 'generated'), context)).rejects.toThrow(/generated/);
});

test('a data set imported from a file named "generated" does not count as the generated one', async () => {
  const file = path.join(folder, 'generated.csv');
  writeFileSync(file, 'user,item,time\nu1,a,1\nu1,b,2\n');
  expect(shapeOf((await findDataset(file, context)).manifest).isGenerated).toBe(false);
});
