import path from 'node:path';
import { readCheckpoint } from '../../learn/training/checkpoint.ts';
import { openNextActionScorer } from '../../learn/training/next-action/next-action-scorer.ts';
import { keepHistoryDomains } from '../../learn/training/next-action/next-action-source.ts';
import { bestCheckpointPath } from '../../learn/training/training-loop.ts';
import { platformFolder } from '../platform/platform-folder.ts';
import { RunDataChangedError, RunMissingError, RunUnfinishedError } from '../runs/run-errors.ts';
import { platformOfRun } from '../runs/platform-of-run.ts';
import { lockRun } from '../runs/run-lock.ts';
import { formatDuration } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { evaluateNextActions, type NextActionQuestions } from './evaluate-next-actions.ts';
import { openNextActionData } from './next-action-data.ts';
import { findNextActionRecord } from './next-action-record.ts';
import type { NextActionReport } from './report-next-action.ts';
import { trainOn } from './train-next-action-run.ts';

/** How a run is asked. */
export interface EvaluateNextActionRunOptions extends Omit<NextActionQuestions, 'ablation'> {
  /** The ablation's domains; null for none. */
  readonly domains: readonly string[] | null;
  /** Whether a model is trained on those domains alone too; it stays in the run's folder, under `domains-…`. */
  readonly retrain: boolean;
  /** The platform, where it lies elsewhere than the run says. */
  readonly platformFolder: string | null;
}

/**
 * Asks a finished run's model the moments that its split held out, on the log as it was when the run began.
 *
 * @throws {RunMissingError}, {@link RunUnfinishedError}, {@link RunDataChangedError}, `PlatformMissingError`, `ActionDomainsError`; the
 *   signal's reason, after a checkpoint of what is trained anew
 */
export async function evaluateNextActionRun(
  folder: string,
  options: EvaluateNextActionRunOptions,
  context: WorkContext,
): Promise<NextActionReport> {
  const record = await findNextActionRecord(folder);
  if (record === null) throw new RunMissingError(folder);
  if (record.state !== 'finished') throw new RunUnfinishedError(folder);
  const place = options.platformFolder === null ? platformOfRun(folder, record) : platformFolder(options.platformFolder);
  const { config, split } = record;
  const data = await openNextActionData(place, { config, split, untilOffset: record.data.nextOffset }, context);
  if (data.fingerprint !== record.data.fingerprint)
    throw new RunDataChangedError(folder, place.folder, record.data.fingerprint, data.fingerprint);
  const { domains, retrain, ...questions } = options;
  const parameters = await bestParameters(folder, { config: config.model, vocabulary: data.vocabulary });
  const retrained = domains !== null && retrain ? await trainOnDomains(domains) : null;
  const ablation = domains === null ? null : { domains, retrained };
  return evaluateNextActions(data, { record, parameters }, { ...questions, ablation }, context);

  async function trainOnDomains(names: readonly string[]) {
    const own = path.join(folder, `domains-${names.join('-')}`);
    const source = keepHistoryDomains(data.source, names);
    const unlock = lockRun(folder);
    const startMs = context.clock.monotonicMs();
    try {
      const outcome = await trainOn(data, source, { folder: own, config, record: record! }, context, { domains: names.join(',') });
      if (outcome.ended === 'interrupted') context.signal.throwIfAborted();
      const seconds = (context.clock.monotonicMs() - startMs) / 1000;
      context.say(`Trained on ${names.join(', ')} alone in ${formatDuration(seconds)}.`);
      return { parameters: outcome.parameters, seconds };
    } finally {
      unlock();
    }
  }
}

/** Parameters of the run's best validation. */
async function bestParameters(folder: string, model: Parameters<typeof openNextActionScorer>[0]): Promise<Float32Array> {
  const scorer = await openNextActionScorer(model, () => new Float32Array(0), { threads: 1 });
  try {
    return (await readCheckpoint(bestCheckpointPath(folder), scorer.layout, [], {})).state.parameters;
  } finally {
    await scorer.close();
  }
}
