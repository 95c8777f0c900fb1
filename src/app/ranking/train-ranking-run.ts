import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { labelsOfSplit, splitListsByTime, type SplitLabels } from '../../data/actions/split-lists-by-time.ts';
import { fittingContent, rankingSource, rankingVocabulary } from '../../learn/actions/ranking-source.ts';
import { exportServedRanker, knownIdsOf } from '../../learn/models/ranking/serving/export-served-ranker.ts';
import { parameterView } from '../../learn/tensor/parameters.ts';
import { hasCheckpoint } from '../../learn/training/checkpoint.ts';
import type { RankingExamples } from '../../learn/training/ranking/ranking-examples.ts';
import { trainRanker } from '../../learn/training/ranking/train-ranker.ts';
import { topicCountOf } from '../../measure/impressions/profile-tier.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';
import type { ConfigDifference } from '../runs/config-differences.ts';
import { newRunFacts } from '../runs/new-run-facts.ts';
import { RunExistsError, RunMismatchError } from '../runs/run-errors.ts';
import { finishedRecord, goneOnWith, withOutcome, withTrainingSince } from '../runs/run-facts.ts';
import { lockRun } from '../runs/run-lock.ts';
import { RANKING_RUN, runRecordPath, writeRecord } from '../runs/run-record.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { changedData, changedSettings } from './changed-since-begun.ts';
import { measureRankingRun, type RankingReport } from './measure-ranking-run.ts';
import { openRankingData, type RankingData } from './open-ranking-data.ts';
import { fingerprintOfRanking } from './fingerprint-of-ranking.ts';
import type { RankingPlan } from './plan-ranking-run.ts';
import { rankingProgress } from './ranking-progress.ts';
import { findRankingRecord, SERVED_FOLDER, type RankingRunRecord } from './ranking-run-record.ts';
import { defaultSplit, splitPages } from './split-pages.ts';
import { writeRankingReport } from './ranking-report.ts';

/** A ranking run that is finished. */
export interface FinishedRankingRun {
  readonly folder: string;
  readonly record: RankingRunRecord;
  /** The report as text, as it lies in `report.txt`. */
  readonly text: string;
}

/**
 * Trains a ranking run to its end: reads the platform's log, trains, fits calibrators on validation, scores the test pages
 * once beside the baselines, exports the model for serving, writes the reports. Each part can be killed; going on leads to
 * the same figures, whatever the log has got since: a run reads the events that were there when it began.
 *
 * The folder then holds `run.json`, `served/` (the model, see `openServedRanker`), `calibrators.json`,
 * `predictions.safetensors` (for `nisus compare`) and those of the baselines, `loss.md`, `report.txt` and `.md`,
 * `metrics.jsonl`, `training-curve.svg` and the checkpoints.
 *
 * @param resume goes on with the folder's run; where there is none (yet), begins it
 * @throws {RunExistsError}, {@link RunMismatchError}, `RunBusyError`, `LogTooShortError`; what reading, training and measuring throw;
 *   the signal's reason when it was stopped, after a checkpoint
 */
export async function trainRankingRun(plan: RankingPlan, resume: boolean, context: WorkContext): Promise<FinishedRankingRun> {
  try {
    return await trainInFolder(plan, resume, context);
  } catch (error) {
    const goOn = `Remedy that, then go on with: ${PROGRAM_COMMAND} train --resume --run ${plan.folder}`;
    throw asFileSystemError(error, plan.folder, existsSync(runRecordPath(plan.folder)) ? goOn : undefined) ?? error;
  }
}

async function trainInFolder(plan: RankingPlan, resume: boolean, context: WorkContext): Promise<FinishedRankingRun> {
  const { folder } = plan;
  await makeFolders(folder);
  const unlock = lockRun(folder);
  try {
    const found = await findRankingRecord(folder);
    if (found === null && existsSync(runRecordPath(folder))) throw new RunExistsError(folder, true);
    if (found !== null && !resume) throw new RunExistsError(folder, found.state === 'finished');
    if (found !== null) refuse(plan, changedSettings(plan, found));
    if (found?.state === 'finished') return { folder, record: found, text: await readFile(path.join(folder, 'report.txt'), 'utf8') };
    const data = await openRankingData(
      plan.platform,
      { tasks: plan.tasks, ...(found && { untilOffset: found.data.untilOffset }) },
      context,
    );
    if (found !== null) refuse(plan, changedData(plan, found, { fingerprint: fingerprintOfRanking(data), endMs: data.endMs }));
    let record = found === null ? await newRecord(plan, data, context.clock) : goneOnWith(found);
    await writeRecord(folder, record);

    const { config } = record;
    const split = splitListsByTime(data.pages, record.split);
    const { labels, counts } = labelsOfSplit(data.outcomes, data.pages, split, { endMs: data.endMs, correction: record.split.correction });
    const source = rankingSource(data, config.model, record.split.trainUntilMs);
    const examples = (lists: Int32Array): RankingExamples => ({ source, lists, labels });
    const vocabulary = rankingVocabulary(data.sequences.vocabulary, data.subjects);
    context.say(
      `${formatCount(split.train.lists.length)} pages to learn from, ${formatCount(split.validation.lists.length)} to choose by, ${formatCount(split.test.lists.length)} to measure on; ${formatCount(data.sequences.actions.length)} actions of ${formatCount(data.sequences.userCount)} users`,
    );
    const startMs = context.clock.monotonicMs();
    const outcome = await trainRanker({
      train: examples(split.train.lists),
      validation: examples(split.validation.lists),
      config,
      vocabulary,
      folder,
      identity: { dataFingerprint: record.data.fingerprint, gitRevision: record.gitRevision ?? 'unknown' },
      resume: await hasCheckpoint(folder),
      clock: context.clock,
      observer: rankingProgress(context.progress, config.epochs),
      signal: context.signal,
    }).finally(() => {
      record = withTrainingSince(record, startMs, context.clock);
    });
    context.progress.end();
    if (outcome.ended === 'interrupted') {
      await writeRecord(folder, record);
      context.signal.throwIfAborted();
    }
    record = { ...withOutcome(record, outcome), modelFingerprint: fingerprintOf(outcome.parameters) };
    await writeRecord(folder, record);
    context.say(`Trained ${formatCount(outcome.steps)} steps in ${formatDuration(record.trainingSeconds)} (ended: ${outcome.ended}).`);

    await exportServedRanker(path.join(folder, SERVED_FOLDER), {
      config: config.model,
      vocabulary,
      names: data.sequences.vocabulary,
      tasks: config.loss.tasks.map(({ name }) => name),
      parameterValue: (name) => parameterView(outcome.layout, outcome.parameters, name),
      fitted: source.fitted,
      known: knownIdsOf(data.subjects, source.subjects),
      facts: {
        dataName: record.data.name,
        dataFingerprint: record.data.fingerprint,
        modelFingerprint: record.modelFingerprint,
        split: record.split,
        topics: topicCountOf(data.subjects),
        gitRevision: record.gitRevision,
        versions: record.versions,
      },
    });
    const report = await measureRankingRun(
      { folder, record, data, source, split, labels, vocabulary, parameters: outcome.parameters, layout: outcome.layout },
      context,
    );
    return await finish(folder, record, report, counts, context);
  } finally {
    context.progress.end();
    unlock();
  }
}

async function finish(
  folder: string,
  record: RankingRunRecord,
  report: RankingReport,
  counts: SplitLabels['counts'],
  context: WorkContext,
): Promise<FinishedRankingRun> {
  const text = await writeRankingReport(folder, record, report, counts);
  const metrics = report.model.cells
    .filter(({ segment }) => segment === null)
    .flatMap(({ task, estimates }) =>
      estimates.map(({ metric, value, interval }) => ({ task, metric, value, interval: [...interval] as [number, number] })),
    );
  const finished: RankingRunRecord = { ...finishedRecord(record, context.clock), metrics };
  await writeRecord(folder, finished);
  return { folder, record: finished, text };
}

async function newRecord(plan: RankingPlan, data: RankingData, clock: Clock): Promise<RankingRunRecord> {
  const { folder, platform, tasks, config } = plan;
  const fromMs = data.pages.timesMs.reduce((least, timeMs) => Math.min(least, timeMs), Infinity);
  return {
    kind: RANKING_RUN,
    formatVersion: 1,
    state: 'training',
    data: {
      name: path.basename(platform.folder),
      fingerprint: fingerprintOfRanking(data),
      folder: path.relative(path.resolve(folder), platform.folder),
      untilOffset: data.nextOffset,
      users: data.sequences.userCount,
      subjects: data.subjects.count,
      actions: data.sequences.actions.length,
      pages: data.pages.listCount,
      places: data.pages.subjects.length,
    },
    split: splitPages(fromMs, data.endMs, { ...defaultSplit, ...plan.split }),
    tasks: [...tasks],
    config: { ...config, model: { ...config.model, content: fittingContent(config.model.content, data.subjects) } },
    ...(await newRunFacts(clock)),
    modelFingerprint: null,
    metrics: null,
  };
}

function refuse({ folder }: RankingPlan, differences: readonly ConfigDifference[]): void {
  if (differences.length > 0) throw new RunMismatchError(folder, differences);
}

function fingerprintOf(parameters: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength))
    .digest('hex');
}
