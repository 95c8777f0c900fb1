import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLogger } from '../../base/logger.ts';
import { eventsOf, type Deed } from '../../data/actions/some-actions.fixture.ts';
import { openEventLog } from '../../data/events/embedded/open-event-log.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import type { RankingPlan } from './plan-ranking-run.ts';
import { findRankingRecord } from './ranking-run-record.ts';
import { quietWork, smallPlan } from './small-platform.fixture.ts';
import { trainRankingRun } from './train-ranking-run.ts';

const HOUR_MS = 3_600_000;

/** A page every five hours for 200 hours, every other one clicked. */
const PAGES = Array.from({ length: 41 }, (_, at): Deed[] => {
  const page = { at: 5 * HOUR_MS * at, request: `page ${at}`, position: 0, surface: 'feed' } as const;
  return [{ action: 'impression', ...page }, ...(at % 2 === 0 ? [{ action: 'click', ...page, at: page.at + 50 } as const] : [])];
}).flat();

let platform: string;
let plan: RankingPlan;

beforeAll(async () => {
  platform = mkdtempSync(path.join(os.tmpdir(), 'nisus-ranking-run-'));
  const log = await openEventLog(platformFolder(platform).log, { owner: 'the test' }, { logger: silentLogger });
  await log.append(eventsOf(PAGES));
  await log.close();
  plan = smallPlan(platform, { kind: 'din', maxLength: 8, activationHidden: [4], pooling: 'softmax', dropout: 0 });
  await expect(trainUntilBegun(plan, false)).rejects.toThrow('stopped when begun');
});
afterAll(() => rmSync(platform, { recursive: true, force: true }));

/** Stops at the first word of the training: the record is written by then. */
function trainUntilBegun(asked: RankingPlan, resume: boolean) {
  const say = () => {
    throw new Error('stopped when begun');
  };
  return trainRankingRun(asked, resume, { ...quietWork, say });
}

test('a run that is gone on with keeps the cut that it was begun with, whether that is asked for again or left open', async () => {
  const begun = (await findRankingRecord(plan.folder))!;
  expect(begun.split.validationUntilMs - begun.split.trainUntilMs).toBe(40 * HOUR_MS);
  for (const split of [{}, plan.split, { testMs: 40 * HOUR_MS }])
    await expect(trainUntilBegun({ ...plan, split }, true)).rejects.toThrow('stopped when begun');
  expect(await findRankingRecord(plan.folder)).toMatchObject({ split: begun.split, resumes: 3 });
});

test.each([
  ['validation', { split: { validationMs: 24 * HOUR_MS } }, ': split.validationHours: 40 → 24. Resume'],
  ['test', { split: { testMs: 60 * HOUR_MS } }, ': split.testHours: 40 → 60. Resume'],
  ['settings', { config: { seed: 9 } }, ': seed: 1 → 9. Resume'],
])('a run is not gone on with under another %s than it was begun with', async (_, { split, config }: ChangedPlan, told) => {
  const changed = { ...plan, split: { ...plan.split, ...split }, config: { ...plan.config, ...config } };
  const { resumes } = (await findRankingRecord(plan.folder))!;
  await expect(trainUntilBegun(changed, true)).rejects.toMatchObject({ code: 'RUN_MISMATCH', message: expect.stringContaining(told) });
  expect(await findRankingRecord(plan.folder)).toMatchObject({ resumes });
});

interface ChangedPlan {
  readonly split?: Partial<RankingPlan['split']>;
  readonly config?: Partial<RankingPlan['config']>;
}
