import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { openDataset } from '../../data/interactions/open-dataset.ts';
import type { DataSplit } from '../../learn/evaluation/evaluation-cases.ts';
import type { EvaluationReport } from '../../learn/evaluation/evaluation-report.ts';
import { reportJson } from '../../learn/evaluation/report-json.ts';
import { reportMarkdown } from '../../learn/evaluation/report-markdown.ts';
import { reportText } from '../../learn/evaluation/report-text.ts';
import { exportServedModel, openServedModel } from '../../learn/models/served-model.ts';
import { parameterView } from '../../learn/tensor/parameters.ts';
import { hasCheckpoint } from '../../learn/training/checkpoint.ts';
import { trainSequenceModel, type TrainOutcome } from '../../learn/training/train.ts';
import { compareRankers } from '../evaluation/compare-rankers.ts';
import { reportHeadline } from '../evaluation/report-headline.ts';
import { splitDataset } from '../evaluation/split-dataset.ts';
import { asFileSystemError } from '../files/file-system-error.ts';
import { PROGRAM_COMMAND } from '../program-command.ts';
import { formatDuration } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { configDifferences } from './config-differences.ts';
import { newRunFacts } from './new-run-facts.ts';
import type { RunPlan } from './plan-run.ts';
import { RunExistsError, RunMismatchError } from './run-errors.ts';
import { finishedRecord, goneOnWith, withOutcome, withTrainingSince } from './run-facts.ts';
import { lockRun } from './run-lock.ts';
import { findRunRecord, runRecordPath, writeRecord, type RunRecord } from './run-record.ts';
import { trainingProgress } from './training-progress.ts';

/** A run that is finished. */
export interface FinishedRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** The report as text, as it lies in `report.txt`. */
  readonly text: string;
}

/**
 * Trains a run to its end: trains, exports the best parameters as the served model, asks that model the test cases once
 * beside all baselines, writes the reports. Each part can be killed; going on leads to the same figures.
 *
 * The folder then holds `run.json`, `model.onnx` and `manifest.json` (the served model), `report.txt`, `.md` and
 * `.json`, `metrics.jsonl`, `training-curve.svg` and the checkpoints.
 *
 * @param resume goes on with the folder's run; where there is none (yet), begins it
 * @throws {RunExistsError}, {@link RunMismatchError}, `RunBusyError`, `FileSystemError`; what training and evaluation throw; the signal's
 *   reason when it was stopped, after a checkpoint
 */
export async function trainRun(plan: RunPlan, resume: boolean, context: WorkContext): Promise<FinishedRun> {
  try {
    return await trainInFolder(plan, resume, context);
  } catch (error) {
    const isBegun = existsSync(runRecordPath(plan.folder));
    const goOn = `Remedy that, then go on with: ${PROGRAM_COMMAND} train --resume --run ${plan.folder}`;
    throw asFileSystemError(error, plan.folder, isBegun ? goOn : undefined) ?? error;
  }
}

async function trainInFolder(plan: RunPlan, resume: boolean, context: WorkContext): Promise<FinishedRun> {
  const { folder } = plan;
  await makeFolders(folder);
  const unlock = lockRun(folder);
  try {
    let record = await beginRecord(plan, resume, context);
    if (record.state === 'finished') return { folder, record, text: await readFile(path.join(folder, 'report.txt'), 'utf8') };
    await writeRecord(folder, record);
    const dataset = await openDataset(plan.dataset.folder);
    const split = splitDataset(dataset, plan.split);

    const startMs = context.clock.monotonicMs();
    const outcome = await train(plan, record, split, context).finally(() => {
      record = withTrainingSince(record, startMs, context.clock);
    });
    if (outcome.ended === 'interrupted') {
      await writeRecord(folder, record);
      context.signal.throwIfAborted();
    }
    record = withOutcome(record, outcome);
    await writeRecord(folder, record);
    context.say(`Trained ${outcome.steps} steps in ${formatDuration(record.trainingSeconds)} (ended: ${outcome.ended}).`);

    record = { ...record, modelDigest: await exportModel(plan, record, outcome) };
    const report = await reportOn(plan, record, split, context);
    const text = await writeReports(plan, report);
    record = {
      ...finishedRecord(record, context.clock),
      metrics: report.rows[0]!.metrics.map((metric) => ({ ...metric, interval: metric.interval === null ? null : [...metric.interval] })),
    };
    await writeRecord(folder, record);
    context.say(reportHeadline(report));
    return { folder, record, text };
  } finally {
    context.progress.end();
    unlock();
  }
}

/** The record to go on with: that of the folder, checked against the plan, or a new one. */
async function beginRecord(plan: RunPlan, resume: boolean, context: WorkContext): Promise<RunRecord> {
  const { folder, dataset } = plan;
  const found = await findRunRecord(folder);
  if (found !== null) {
    if (!resume) throw new RunExistsError(folder, found.state === 'finished');
    const differences = [
      ...(found.data.fingerprint === dataset.manifest.fingerprint
        ? []
        : [{ name: 'data', begun: describeData(found.data), asked: describeData(dataset.manifest) }]),
      ...configDifferences(found.split, plan.split, 'split'),
      ...configDifferences(found.config, plan.config),
    ];
    if (differences.length > 0) throw new RunMismatchError(folder, differences);
    return found.state === 'finished' ? found : goneOnWith(found);
  }
  const { counts, name, fingerprint } = dataset.manifest;
  return {
    kind: 'nisus-run',
    formatVersion: 1,
    state: 'training',
    data: { name, fingerprint, folder: path.relative(path.resolve(folder), dataset.folder), ...counts },
    split: plan.split,
    preset: plan.preset,
    config: plan.config,
    ...(await newRunFacts(context.clock)),
    modelDigest: null,
    metrics: null,
  };
}

/** A data set as messages name it. */
function describeData({ name, fingerprint }: { readonly name: string; readonly fingerprint: string }): string {
  return `${name} (fingerprint ${fingerprint.slice(0, 12)})`;
}

async function train(plan: RunPlan, record: RunRecord, split: DataSplit, context: WorkContext): Promise<TrainOutcome> {
  const observer = trainingProgress(context.progress, plan.config.epochs);
  const outcome = await trainSequenceModel({
    train: split.train,
    validation: split.validation,
    config: plan.config,
    folder: plan.folder,
    identity: { dataFingerprint: record.data.fingerprint, split: record.split, gitRevision: record.gitRevision ?? 'unknown' },
    resume: await hasCheckpoint(plan.folder),
    clock: context.clock,
    observer,
    signal: context.signal,
  });
  context.progress.end();
  return outcome;
}

async function exportModel(plan: RunPlan, record: RunRecord, { layout, parameters }: TrainOutcome): Promise<string> {
  await exportServedModel(plan.folder, {
    config: plan.config.model,
    itemCount: plan.dataset.manifest.counts.items,
    parameterValue: (name) => parameterView(layout, parameters, name),
    facts: {
      dataName: record.data.name,
      dataFingerprint: record.data.fingerprint,
      split: record.split,
      gitRevision: record.gitRevision,
      versions: record.versions,
      outcome: record.outcome,
    },
  });
  return createHash('sha256')
    .update(await readFile(path.join(plan.folder, 'model.onnx')))
    .digest('hex');
}

async function reportOn(plan: RunPlan, record: RunRecord, split: DataSplit, context: WorkContext): Promise<EvaluationReport> {
  const model = await openServedModel(plan.folder, { threads: plan.config.threads, spin: true });
  try {
    const { name, fingerprint, users, items, interactions } = record.data;
    return await compareRankers(
      {
        model,
        modelFitSeconds: record.trainingSeconds,
        dataset: { name, fingerprint, users, items, interactions },
        train: split.train,
        cases: split.test,
      },
      context,
    );
  } finally {
    await model.close();
  }
}

async function writeReports({ folder, config, preset }: RunPlan, report: EvaluationReport): Promise<string> {
  const { model } = config;
  const described = `${report.rows[0]!.ranker}: length ${model.maxLength}, dimension ${model.dimension}, ${model.blocks} ${model.blocks === 1 ? 'block' : 'blocks'}, loss ${config.loss.kind === 'list' ? `list (${config.loss.loss.kind})` : config.loss.kind}, seed ${config.seed}${preset === null ? '' : `, preset ${preset}`}`;
  const text = `${described}\n\n${reportText(report)}`;
  await writeFileAtomically(path.join(folder, 'report.txt'), [text]);
  await writeFileAtomically(path.join(folder, 'report.md'), [`${reportMarkdown(report)}\n${described}\n`]);
  await writeFileAtomically(path.join(folder, 'report.json'), [reportJson(report)]);
  return text;
}
