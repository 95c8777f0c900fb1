import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { exportNextAction } from '../../learn/models/next-action/export-next-action.ts';
import { parameterView } from '../../learn/tensor/parameters.ts';
import { hasCheckpoint } from '../../learn/training/checkpoint.ts';
import { trainNextAction } from '../../learn/training/next-action/train-next-action.ts';
import type { NextActionTrainingConfig } from '../../learn/training/next-action/next-action-training-config.ts';
import type { NextActionSource } from '../../learn/training/next-action/next-action-source.ts';
import type { TrainOutcome } from '../../learn/training/training-loop.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';
import { configDifferences } from '../runs/config-differences.ts';
import { newRunFacts } from '../runs/new-run-facts.ts';
import { RunDataChangedError, RunExistsError, RunMismatchError } from '../runs/run-errors.ts';
import { finishedRecord, goneOnWith, withOutcome, withTrainingSince } from '../runs/run-facts.ts';
import { lockRun } from '../runs/run-lock.ts';
import { NEXT_ACTION_RUN, runRecordPath, writeRecord, type SplitKind } from '../runs/run-record.ts';
import { trainingProgress } from '../runs/training-progress.ts';
import { formatDuration } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { evaluateNextActions } from './evaluate-next-actions.ts';
import { openNextActionData, type NextActionData } from './next-action-data.ts';
import { findNextActionRecord, type NextActionRecord } from './next-action-record.ts';
import { nextActionMarkdown, nextActionText } from './report-next-action.ts';

/** A training run before it begins. */
export interface NextActionPlan {
  readonly folder: string;
  readonly platform: PlatformFolder;
  readonly split: SplitKind;
  readonly preset: string | null;
  readonly config: NextActionTrainingConfig;
}

/** The folder of a run that was given none: the same platform, split and config give the same folder. */
export function defaultNextActionFolder(home: string, { platform, split, preset, config }: Omit<NextActionPlan, 'folder'>): string {
  const key = createHash('sha256')
    .update(JSON.stringify([platform.folder, split, config]))
    .digest('hex')
    .slice(0, 8);
  return path.join(home, 'runs', `${path.basename(platform.folder)}-${preset ?? 'actions'}-${key}`);
}

/** A run that is finished. */
export interface FinishedNextActionRun {
  readonly folder: string;
  readonly record: NextActionRecord;
  /** As it lies in `report.txt`. */
  readonly text: string;
}

/**
 * Trains a next-action model on a platform's log to its end and reports on it beside popularity and Markov. Each part can be
 * killed; going on reads the log as far as it reached at the beginning, and leads to the same figures.
 *
 * The folder then holds `run.json`, `model.onnx`, `subjects.onnx` and `manifest.json` (see `exportNextAction`), `report.txt`, `.md` and `.json`,
 * `metrics.jsonl`, `training-curve.svg` and the checkpoints, from which `nisus evaluate` asks the model.
 *
 * @param resume goes on with the folder's run; where there is none (yet), begins it
 * @throws {RunExistsError}, {@link RunMismatchError}, {@link RunDataChangedError}, `RunBusyError`, `FileSystemError`; what
 *   {@link openNextActionData} and training throw; the signal's reason when it was stopped, after a checkpoint
 */
export async function trainNextActionRun(plan: NextActionPlan, resume: boolean, context: WorkContext): Promise<FinishedNextActionRun> {
  try {
    return await trainInFolder(plan, resume, context);
  } catch (error) {
    const goOn = `Remedy that, then go on with: ${PROGRAM_COMMAND} train --resume --run ${plan.folder}`;
    throw asFileSystemError(error, plan.folder, existsSync(runRecordPath(plan.folder)) ? goOn : undefined) ?? error;
  }
}

async function trainInFolder(plan: NextActionPlan, resume: boolean, context: WorkContext): Promise<FinishedNextActionRun> {
  const { folder, config } = plan;
  await makeFolders(folder);
  const unlock = lockRun(folder);
  try {
    const found = await findBegun(plan, resume);
    if (found?.state === 'finished') return { folder, record: found, text: await readFile(path.join(folder, 'report.txt'), 'utf8') };
    const data = await openNextActionData(
      plan.platform,
      { config, split: plan.split, ...(found === null ? {} : { untilOffset: found.data.nextOffset }) },
      context,
    );
    if (found !== null && found.data.fingerprint !== data.fingerprint)
      throw new RunDataChangedError(folder, plan.platform.folder, found.data.fingerprint, data.fingerprint);
    let record = found === null ? await newRecord(plan, data, context) : goneOnWith(found);
    await writeRecord(folder, record);

    const startMs = context.clock.monotonicMs();
    const outcome = await trainOn(data, data.source, { folder, config, record }, context).finally(() => {
      record = withTrainingSince(record, startMs, context.clock);
    });
    if (outcome.ended === 'interrupted') {
      await writeRecord(folder, record);
      context.signal.throwIfAborted();
    }
    record = withOutcome(record, outcome);
    await writeRecord(folder, record);
    context.say(`Trained ${outcome.steps} steps in ${formatDuration(record.trainingSeconds)} (ended: ${outcome.ended}).`);

    await exportNextAction(folder, {
      config: config.model,
      vocabulary: data.vocabulary,
      parameterValue: (name) => parameterView(outcome.layout, outcome.parameters, name),
      facts: { dataName: record.data.name, dataFingerprint: data.fingerprint, split: record.split, gitRevision: record.gitRevision },
    });
    const report = await evaluateNextActions(data, { record, parameters: outcome.parameters }, {}, context);
    const text = nextActionText(report);
    await writeFileAtomically(path.join(folder, 'report.txt'), [text]);
    await writeFileAtomically(path.join(folder, 'report.md'), [nextActionMarkdown(report)]);
    await writeFileAtomically(path.join(folder, 'report.json'), [`${JSON.stringify(report, null, 2)}\n`]);
    record = {
      ...finishedRecord(record, context.clock),
      metrics: report.rows[0]!.metrics.map((metric) => ({ ...metric, interval: metric.interval === null ? null : [...metric.interval] })),
    };
    await writeRecord(folder, record);
    return { folder, record, text };
  } finally {
    context.progress.end();
    unlock();
  }
}

/**
 * Trains on a source, the run's own or one with less in its histories, in a folder: goes on where the folder has a checkpoint.
 */
export async function trainOn(
  data: NextActionData,
  source: NextActionSource,
  run: { readonly folder: string; readonly config: NextActionTrainingConfig; readonly record: NextActionRecord },
  context: WorkContext,
  identity: Readonly<Record<string, string>> = {},
): Promise<TrainOutcome> {
  const { folder, config, record } = run;
  const outcome = await trainNextAction({
    source,
    trained: data.trained,
    train: data.split.train,
    validation: data.split.validation,
    candidates: { lives: data.lives },
    vocabulary: data.vocabulary,
    config,
    folder,
    identity: { ...identity, dataFingerprint: data.fingerprint, split: record.split, gitRevision: record.gitRevision ?? 'unknown' },
    resume: await hasCheckpoint(folder),
    clock: context.clock,
    observer: trainingProgress(context.progress, config.epochs),
    signal: context.signal,
  });
  context.progress.end();
  return outcome;
}

/** The folder's run, checked against the plan; null where it holds none. */
async function findBegun(plan: NextActionPlan, resume: boolean): Promise<NextActionRecord | null> {
  const { folder } = plan;
  const found = await findNextActionRecord(folder);
  if (found === null) {
    if (existsSync(runRecordPath(folder))) throw new RunExistsError(folder, false);
    return null;
  }
  if (!resume) throw new RunExistsError(folder, found.state === 'finished');
  const differences = [...configDifferences(found.split, plan.split, 'split'), ...configDifferences(found.config, plan.config)];
  if (differences.length > 0) throw new RunMismatchError(folder, differences);
  return found;
}

async function newRecord(plan: NextActionPlan, data: NextActionData, { clock }: WorkContext): Promise<NextActionRecord> {
  const { platform, folder } = plan;
  return {
    kind: NEXT_ACTION_RUN,
    formatVersion: 1,
    state: 'training',
    data: {
      name: path.basename(platform.folder),
      fingerprint: data.fingerprint,
      folder: path.relative(path.resolve(folder), platform.folder),
      nextOffset: data.nextOffset,
      ...data.counts,
    },
    split: plan.split,
    preset: plan.preset,
    config: plan.config,
    ...(await newRunFacts(clock)),
    metrics: null,
  };
}
