import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { platformTasks } from '../../../../data/actions/platform-tasks.ts';
import { rankingPreset } from '../../../ranking/ranking-preset.ts';
import type { RankingRunRecord } from '../../../ranking/ranking-run-record.ts';
import { quietWork } from '../../../ranking/small-platform.fixture.ts';
import { writeRecord } from '../../../runs/run-record.ts';
import type { CommandContext } from '../../command-context.ts';
import { planRanking } from './plan-ranking.ts';
import type { PlanningOptions } from './planned-run.ts';

let home: string;
let run: string;

beforeEach(async () => {
  home = mkdtempSync(path.join(os.tmpdir(), 'nisus-plan-ranking-'));
  run = path.join(home, 'run');
  mkdirSync(run);
  const tasks = platformTasks.filter(({ name }) => name === 'click' || name === 'like');
  const record: RankingRunRecord = {
    ...{ kind: 'nisus-ranking-run', formatVersion: 1, state: 'training' },
    data: { name: 'p', fingerprint: 'f', folder: '../p', untilOffset: 1, users: 1, subjects: 1, actions: 1, pages: 1, places: 1 },
    split: { trainUntilMs: 1, validationUntilMs: 2, correction: 'inverse-delay' },
    tasks,
    config: rankingPreset('din-ranker', tasks),
    ...{ gitRevision: null, versions: { nisus: '', node: '', onnxruntime: '' }, startedAt: '', endedAt: null },
    ...{ resumes: 0, trainingSeconds: 0, outcome: null, modelFingerprint: null, metrics: null },
  };
  await writeRecord(run, record);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** What is planned, in words. */
async function planned(options: PlanningOptions, data?: string): Promise<string | undefined> {
  const context: CommandContext = { ...quietWork, home, json: false, print() {} };
  return (await planRanking(data, options, context))?.what;
}

test('a run that is gone on with is of the tasks that it was begun with, unless others are asked for', async () => {
  const going = { resume: true, run };
  const platform = path.join(home, 'p');
  expect(await planned(going)).toBe(`din, 2 tasks, on ${platform}`);
  expect(await planned({ ...going, epochs: 3 })).toBe(`din, 2 tasks, on ${platform}`);
  expect(await planned({ ...going, model: 'hstu-ranker' }, 'other')).toBe(`hstu, 2 tasks, on ${path.resolve('other')}`);
  expect(await planned({ ...going, tasks: ['click', 'like', 'trade'] })).toBe(`din, 3 tasks, on ${platform}`);
});

test('a new run is of all tasks; other models are none of rankers', async () => {
  expect(await planned({ model: 'din-ranker' }, 'p')).toBe(`din, ${platformTasks.length} tasks, on ${path.resolve('p')}`);
  expect(await planned({ model: 'hstu' }, 'p')).toBeUndefined();
  await expect(planned({ model: 'din-ranker' })).rejects.toThrow('needs DATA: the folder of a platform');
});

test('a config from a file is checked as it stands there, also in a run.json', async () => {
  const file = path.join(home, 'config.json');
  const asked = { model: 'din-ranker', config: file } as const;
  await expect(planned(asked, 'p')).rejects.toThrow(`--config names ${file}, which cannot be read`);
  writeFileSync(file, '{"model":');
  await expect(planned(asked, 'p')).rejects.toThrow(`--config ${file} is not JSON: `);
  writeFileSync(file, '{"model": {"dimension": "wide"}}');
  await expect(planned(asked, 'p')).rejects.toThrow(`--config ${file} is not a training config:\n`);
  expect(await planned({ ...asked, config: path.join(run, 'run.json') }, 'p')).toBe(`din, 2 tasks, on ${path.resolve('p')}`);
  await expect(planned({ ...asked, config: path.join(run, 'run.json'), dropout: 2 }, 'p')).rejects.toThrow(
    'The training settings are wrong:\n',
  );
});
