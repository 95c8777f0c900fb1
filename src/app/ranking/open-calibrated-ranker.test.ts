import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cachedHistory, createHistoryCache } from '../../learn/models/ranking/serving/history-cache.ts';
import { userActions } from '../../learn/models/ranking/serving/served-ranker.fixture.ts';
import { calibrateImpressions } from '../../measure/calibration/calibrate-impressions.ts';
import type { BinaryCalibrator } from '../../measure/calibration/calibrator.ts';
import { taskCalibrator, type RunCalibrators } from '../../measure/calibration/run-calibrators.ts';
import { CALIBRATORS_FILE, readCalibrators, writeCalibrators } from '../../measure/calibration/run-calibrators-file.ts';
import type { ScoredImpressions } from '../../measure/impressions/scored-impressions.ts';
import { PREDICTIONS_FILE, readScoredImpressions } from '../../measure/impressions/scored-impressions-file.ts';
import { openCalibratedRanker, type CalibratedHistory } from './open-calibrated-ranker.ts';
import { openRankingData, type RankingData } from './open-ranking-data.ts';
import type { RankingRunRecord } from './ranking-run-record.ts';
import { quietWork, smallPlan, writeSmallPlatform } from './small-platform.fixture.ts';
import { trainRankingRun } from './train-ranking-run.ts';

let platform: string;
let run: string;
let record: RankingRunRecord;
let data: RankingData;
/** The test pages as the run's report has them. */
let reported: ScoredImpressions;
let fitted: RunCalibrators;

beforeAll(async () => {
  platform = await writeSmallPlatform();
  const plan = smallPlan(platform, {
    ...{ kind: 'sim', maxLength: 8, activationHidden: [4], pooling: 'sum', heads: 1, headDimension: 4, timeDimension: 4, dropout: 0 },
    search: { kind: 'hard', categories: ['first-tag', 'author', 'mention'], found: 4, reach: 40 },
  });
  ({ folder: run, record } = await trainRankingRun(plan, false, quietWork));
  data = await openRankingData(plan.platform, { tasks: plan.tasks }, quietWork);
  reported = everyThirdPage(await readScoredImpressions(path.join(run, PREDICTIONS_FILE)));
  fitted = (await readCalibrators(run, record.modelFingerprint!))!;
}, 120_000);
afterAll(() => rmSync(platform, { recursive: true, force: true }));

/** A third of the pages: enough of every segment, and histories grow by more than an action at a time. */
function everyThirdPage(all: ScoredImpressions): ScoredImpressions {
  const take = <Values extends Int32Array | Float64Array | Float32Array | Uint8Array>(values: Values) =>
    values.filter((_, at) => all.lists[at]! % 3 === 0) as Values;
  const { lists, users, subjects, positions, timesMs } = all;
  return {
    source: all.source,
    ...{ lists: take(lists), users: take(users), subjects: take(subjects), positions: take(positions), timesMs: take(timesMs) },
    tasks: all.tasks.map((task) => ({
      ...task,
      ...{ labels: take(task.labels), scores: take(task.scores), calibrated: task.calibrated && take(task.calibrated) },
    })),
    segmentations: all.segmentations.map((each) => ({ ...each, codes: take(each.codes) })),
  };
}

/** The run's folder with other calibrators. */
async function runWith(name: string, calibrators: RunCalibrators): Promise<string> {
  const folder = path.join(platform, name);
  cpSync(path.join(run, 'served'), path.join(folder, 'served'), { recursive: true });
  await writeCalibrators(folder, calibrators);
  return folder;
}

/** Answers the test pages from a folder as a server would, histories cached and extended. */
async function serve(
  folder: string,
): Promise<{ readonly raw: ScoredImpressions; readonly calibrated: Readonly<Record<string, Float32Array>> }> {
  const { sequences, pages, users } = data;
  const ranker = await openCalibratedRanker(folder, { microBatch: 3 });
  const rows = await ranker.subjects.put(data.subjects);
  const cache = createHistoryCache<CalibratedHistory>();
  const columns = () => Object.fromEntries(reported.tasks.map(({ name }) => [name, new Float32Array(reported.lists.length)]));
  const [raw, calibrated] = [columns(), columns()];
  for (let at = 0; at < reported.lists.length;) {
    const list = reported.lists[at]!;
    let end = at;
    while (reported.lists[end] === list) end++;
    const user = pages.users[list]!;
    const state = await cachedHistory(ranker, cache, users.ids[user]!, pages.visible[list]!, (first) =>
      userActions(sequences, rows, user, first, pages.visible[list]!),
    );
    const query = pages.queries[list]! < 0 ? null : sequences.queryTexts[pages.queries[list]!]!;
    const jurisdiction = users.jurisdictionNames[users.jurisdictions[user]!]!;
    const page = { timeMs: pages.timesMs[list]!, surface: pages.surfaces[list]!, query, segments: { jurisdiction } };
    const asked = reported.subjects.slice(at, end).map((subject) => rows[subject]!);
    const scores = await ranker.score(state, asked, page);
    for (const { name } of reported.tasks) {
      raw[name]!.set(scores.probabilities[name]!, at);
      calibrated[name]!.set(scores.calibrated[name]!, at);
    }
    at = end;
  }
  await ranker.close();
  return {
    raw: { ...reported, tasks: reported.tasks.map((task) => ({ ...task, scores: raw[task.name]!, calibrated: null })) },
    calibrated,
  };
}

/** Places that have a label: of others, impressions say nothing. */
const labelled = ({ tasks }: ScoredImpressions, name: string, values: Float32Array) =>
  values.filter((_, at) => !Number.isNaN(tasks.find((task) => task.name === name)!.labels[at]!));

function expectAsReported({ raw, calibrated }: Awaited<ReturnType<typeof serve>>, calibrators: RunCalibrators): void {
  for (const task of calibrateImpressions(calibrators, raw).tasks) {
    expect(labelled(raw, task.name, calibrated[task.name]!)).toEqual(labelled(raw, task.name, task.calibrated ?? task.scores));
  }
}

test('a run’s served scores are those of its report, calibrated by its own calibrators', async () => {
  const served = await serve(run);
  for (const [at, { name, scores }] of reported.tasks.entries()) {
    const difference = served.raw.tasks[at]!.scores.reduce((most, score, place) => Math.max(most, Math.abs(score - scores[place]!)), 0);
    expect([name, difference < 1e-5]).toEqual([name, true]);
  }
  expect(Math.max(...reported.tasks[0]!.scores) - Math.min(...reported.tasks[0]!.scores)).toBeGreaterThan(0.005);
  expectAsReported(served, fitted);
});

/** Adds to the logits: each segment gets one of its own. */
const shifted = (by: number): BinaryCalibrator => ({
  format: 'nisus-calibrator',
  formatVersion: 1,
  kind: 'platt',
  input: 'probability',
  slope: 1,
  intercept: by,
});

test.each(['tier', 'item', 'user', 'kind', 'surface', 'jurisdiction'])(
  'a task calibrated by %s gets the calibrator of each candidate’s segment',
  async (segmentation) => {
    const { names, codes } = reported.segmentations.find(({ name }) => name === segmentation)!;
    // Of two segments at least: else the test says nothing.
    expect(new Set(codes).size).toBeGreaterThan(1);
    const segments = names.map((name, at) => ({ name, calibrator: shifted(1 + at) }));
    const click = { ...taskCalibrator(fitted, 'click'), segmentation, segments, overall: shifted(-1), method: 'platt' as const };
    const like = { ...taskCalibrator(fitted, 'like'), segmentation: null, segments: [], overall: null, method: 'none' as const };
    const calibrators = { ...fitted, tasks: [click, like] };
    const folder = await runWith(`by-${segmentation}`, calibrators);
    const served = await serve(folder);
    expectAsReported(served, calibrators);
    expect(served.calibrated['like']).toEqual(served.raw.tasks[1]!.scores);
  },
);

test.each([
  ['surface', 'gone', -1],
  ['kind', 'gone', -1],
  ['surface', 'others', 9],
  ['kind', 'others', 9],
])(
  'a %s that the calibrators do not know, with a segment named %s beside: the one for all, or for the rare',
  async (segmentation, beside, by) => {
    const { names, codes } = reported.segmentations.find(({ name }) => name === segmentation)!;
    const segments = [
      { name: names[0]!, calibrator: shifted(1) },
      { name: beside, calibrator: shifted(9) },
    ];
    const click = { ...taskCalibrator(fitted, 'click'), segmentation, segments, overall: shifted(-1), method: 'platt' as const };
    const calibrators = { ...fitted, tasks: [click] };
    const served = await serve(await runWith(`${segmentation}-${beside}`, calibrators));
    expectAsReported(served, calibrators);
    const place = codes.indexOf(1);
    const raw = served.raw.tasks[0]!.scores[place]!;
    const expected = 1 / (1 + Math.exp(-Math.log(raw / (1 - raw)) - by));
    expect(served.calibrated['click']![place]).toBeCloseTo(Math.min(1 - click.bound, expected), 5);
  },
);

test('calibrators of another model are refused, and so is a folder without calibrators', async () => {
  const foreign = await runWith('foreign', { ...fitted, model: { name: 'another', fingerprint: 'f'.repeat(64) } });
  await expect(openCalibratedRanker(foreign)).rejects.toMatchObject({
    code: 'CALIBRATION_RECORD',
    message: expect.stringMatching(/fitted on the scores of another model \(ffffffffffff, this one is [0-9a-f]{12}\)/),
  });
  rmSync(path.join(foreign, CALIBRATORS_FILE));
  await expect(openCalibratedRanker(foreign)).rejects.toMatchObject({
    code: 'CALIBRATED_RANKER',
    message: expect.stringMatching(/has no calibrators\.json; train the run to its end/),
  });
  rmSync(path.join(foreign, 'served'), { recursive: true });
  await expect(openCalibratedRanker(foreign)).rejects.toMatchObject({ code: 'SERVED_RANKER' });
});

test('a served model that does not say which it is is refused', async () => {
  const folder = await runWith('nameless', fitted);
  const file = path.join(folder, 'served', 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), modelFingerprint: null }));
  await expect(openCalibratedRanker(folder)).rejects.toMatchObject({
    code: 'CALIBRATED_RANKER',
    message: expect.stringMatching(/does not say which run it comes from .*modelFingerprint/s),
  });
});
