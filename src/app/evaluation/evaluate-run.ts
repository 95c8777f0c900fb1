import type { EvaluationReport } from '../../learn/evaluation/evaluation-report.ts';
import type { CandidateSet } from '../../learn/evaluation/protocol.ts';
import { openServedModel } from '../../learn/models/served-model.ts';
import { openRunDataset, readFinishedRun } from '../runs/open-run.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { compareRankers } from './compare-rankers.ts';
import { splitDataset } from './split-dataset.ts';

/** The protocol of an evaluation, and where its parts lie. */
export interface EvaluateRunOptions {
  readonly part: 'test' | 'validation';
  readonly candidates: CandidateSet;
  readonly seenItems: 'left out' | 'kept';
  readonly cutoffs: readonly number[];
  readonly withBaselines: boolean;
  readonly seed: number;
  readonly threads: number;
  readonly dataFolder: string | null;
}

/**
 * Asks a finished run's exported model the cases that its split held out.
 *
 * @throws `RunMissingError`, `RunUnfinishedError`, `RunDataMissingError`, `RunDataChangedError`, EvaluationError
 */
export async function evaluateRun(folder: string, options: EvaluateRunOptions, context: WorkContext): Promise<EvaluationReport> {
  const record = await readFinishedRun(folder);
  const dataset = await openRunDataset(folder, record, options.dataFolder);
  const candidates = drawable(options.candidates, record.data.items, context);
  const split = splitDataset(dataset, record.split);
  const model = await openServedModel(folder, { threads: options.threads, spin: true });
  try {
    const { name, fingerprint, users, items, interactions } = record.data;
    return await compareRankers(
      {
        model,
        modelFitSeconds: record.trainingSeconds,
        dataset: { name, fingerprint, users, items, interactions },
        train: split.train,
        cases: split[options.part],
        withBaselines: options.withBaselines,
        candidates,
        seenItems: options.seenItems,
        cutoffs: options.cutoffs,
        seed: options.seed,
      },
      context,
    );
  } finally {
    await model.close();
  }
}

/** More negatives than there are other items cannot be drawn: a protocol that said so would be wrong. */
function drawable(candidates: CandidateSet, items: number, context: WorkContext): CandidateSet {
  if (candidates.kind === 'all' || candidates.negatives < items) return candidates;
  const asked = `${formatCount(candidates.negatives)} negatives are asked for, and the data set has ${formatCount(items)} items`;
  if (candidates.by === 'uniform') {
    context.say(`${asked}: that is the full ranking.`);
    return { kind: 'all' };
  }
  context.say(`${asked}: at most ${formatCount(items - 1)} are drawn.`);
  return { ...candidates, negatives: items - 1 };
}
