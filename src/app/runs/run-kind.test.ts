import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { platformOfRun } from './platform-of-run.ts';
import { runFactsShape } from './run-facts.ts';
import { findRecordOfKind } from './run-kind.ts';
import { findRunRecord, writeRecord } from './run-record.ts';

const schema = z.object({ kind: z.literal('some-run'), data: z.object({ folder: z.string() }), ...runFactsShape });
const RECORD: z.infer<typeof schema> = {
  kind: 'some-run',
  data: { folder: '../platform' },
  ...{ gitRevision: null, versions: { nisus: '1', node: '2', onnxruntime: '3' }, startedAt: 'now', endedAt: null },
  ...{ resumes: 2, trainingSeconds: 5, outcome: null },
};

let folder: string;
const find = () => findRecordOfKind(folder, 'some-run', schema);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nisus-run-kind-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a record is found as it was written, and its platform beside it', async () => {
  expect(await find()).toBeNull();
  await writeRecord(folder, RECORD);
  const found = (await find())!;
  expect(found).toEqual(RECORD);
  expect(platformOfRun(folder, found).folder).toBe(path.join(folder, '../platform'));
});

test('a record of another kind is none of this; one of this kind that lacks something is damaged', async () => {
  await writeRecord(folder, { ...RECORD, kind: 'other-run' });
  expect(await find()).toBeNull();
  writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...RECORD, data: {} }));
  await expect(find()).rejects.toMatchObject({ code: 'RUN_DAMAGED', message: expect.stringContaining('data.folder') });
});

test('what is no JSON is of no kind: the one who looks for runs of interactions calls it damaged', async () => {
  writeFileSync(path.join(folder, 'run.json'), '{"kind": "some-run",');
  expect(await find()).toBeNull();
  await expect(findRunRecord(folder)).rejects.toMatchObject({ code: 'RUN_DAMAGED', message: expect.stringContaining('is not JSON') });
});
