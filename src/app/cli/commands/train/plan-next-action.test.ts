import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NextActionRecord } from '../../../next-action/next-action-record.ts';
import { nextActionPreset } from '../../../next-action/next-action-presets.ts';
import { quietWork } from '../../../ranking/small-platform.fixture.ts';
import { writeRecord } from '../../../runs/run-record.ts';
import type { CommandContext } from '../../command-context.ts';
import { planNextAction } from './plan-next-action.ts';
import { planRanking } from './plan-ranking.ts';
import { planSequence } from './plan-sequence.ts';
import type { PlanningOptions } from './planned-run.ts';

let home: string;
let run: string;
let context: CommandContext;

beforeEach(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'nisus-plan-next-action-'));
  run = path.join(home, 'run');
  mkdirSync(run);
  context = { ...quietWork, home, json: false, print() {} };
  const record: NextActionRecord = {
    ...{ kind: 'nisus-next-action-run', formatVersion: 1, state: 'training', split: 'time', preset: 'hstu-actions' },
    data: { name: 'p', fingerprint: 'f', folder: '../p', nextOffset: 1, users: 1, subjects: 1, actions: 1, targets: 1 },
    config: nextActionPreset('hstu-actions'),
    ...{ gitRevision: null, versions: { nisus: '', node: '', onnxruntime: '' }, startedAt: '', endedAt: null },
    ...{ resumes: 0, trainingSeconds: 0, outcome: null, metrics: null },
  };
  await writeRecord(run, record);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const planned = async (options: PlanningOptions, data?: string) => (await planNextAction(data, options, context))?.what;

test('a run that is gone on with keeps its model and its platform, unless others are named', async () => {
  const going = { resume: true, run };
  const platform = path.join(home, 'p');
  expect(await planned(going)).toBe(`hstu-actions on ${platform}`);
  expect(await planned(going, 'other')).toBe(`hstu-actions on ${path.resolve('other')}`);
  expect(await planned({ ...going, epochs: 3 })).toBe(`hstu-actions on ${platform}`);
  expect(await planned({ ...going, model: 'sasrec-actions' })).toBe(`sasrec-actions on ${platform}`);
});

test('what is of another kind is left to the others', async () => {
  expect(await planned({ resume: true, run, model: 'sasrec' })).toBeUndefined();
  expect(await planRanking(undefined, { resume: true, run }, context)).toBeNull();
  expect(await planned({ model: 'hstu' }, 'p')).toBeUndefined();
  await expect(planned({ model: 'hstu-actions' })).rejects.toThrow('train --model hstu-actions needs DATA');
});

test('a record that is no JSON is of none of the kinds, and is told as damaged', async () => {
  writeFileSync(path.join(run, 'run.json'), '{');
  const going = { resume: true, run };
  expect(await planned(going)).toBeUndefined();
  expect(await planRanking(undefined, going, context)).toBeNull();
  await expect(planSequence(undefined, going, context)).rejects.toMatchObject({ code: 'RUN_DAMAGED' });
});
