import { evaluate, type EvaluationResult } from '../../learn/evaluation/evaluate.ts';
import type { EvaluationCases } from '../../learn/evaluation/evaluation-cases.ts';
import { openServedModel } from '../../learn/models/served-model.ts';
import { compareCases } from '../../measure/comparison/compare-cases.ts';
import type { ComparisonWork } from '../../measure/comparison/compare-impressions.ts';
import type { ComparedModel, Comparison } from '../../measure/comparison/comparison.ts';
import type { ComparisonOptions } from '../../measure/comparison/comparison-options.ts';
import { segmentsOfCases } from '../../measure/comparison/segments-of-cases.ts';
import { splitDataset } from '../evaluation/split-dataset.ts';
import { openRunDataset, readFinishedRun } from '../runs/open-run.ts';
import type { RunRecord } from '../runs/run-record.ts';
import { formatCount } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';
import { RunsDifferError } from './comparison-errors.ts';

/** What both models are asked. */
export interface SequenceProtocol {
  readonly part: 'test' | 'validation';
  readonly seenItems: 'left out' | 'kept';
  readonly threads: number;
  /** Where the data set of both lies; null: where the first run says. */
  readonly dataFolder: string | null;
}

/**
 * Asks the exported models of two finished runs the same held-out cases (full ranking), one model at a time, and compares their ranks.
 *
 * @throws {RunsDifferError} where they were trained on other data or another split; `RunMissingError`, `RunUnfinishedError`,
 *   `RunDataMissingError`, `RunDataChangedError`, EvaluationError, ComparisonError
 */
export async function compareSequenceRuns(
  first: string,
  second: string,
  { rules, ...protocol }: SequenceProtocol & { readonly rules: Partial<ComparisonOptions> },
  work: ComparisonWork,
  context: WorkContext,
): Promise<Comparison> {
  const records = [await readFinishedRun(first), await readFinishedRun(second)] as const;
  requireSameQuestions(first, second, records);
  const dataset = await openRunDataset(first, records[0], protocol.dataFolder);
  const split = splitDataset(dataset, records[0].split);
  const cases = split[protocol.part];
  const ask = async (folder: string, record: RunRecord, letter: string) => ({
    model: modelOf(record),
    result: await askModel(folder, letter, cases, { ...protocol, cutoffs: rules.cutoffs ?? [10] }, context),
  });
  return compareCases(
    {
      first: await ask(first, records[0], 'A'),
      second: await ask(second, records[1], 'B'),
      data: { name: records[0].data.name, fingerprint: records[0].data.fingerprint },
      segmentations: segmentsOfCases(cases, split.train),
    },
    rules,
    work,
  );
}

async function askModel(
  folder: string,
  letter: string,
  cases: EvaluationCases,
  { seenItems, threads, cutoffs }: SequenceProtocol & { readonly cutoffs: readonly number[] },
  { progress, signal, clock }: WorkContext,
): Promise<EvaluationResult> {
  const model = await openServedModel(folder, { threads, spin: true });
  progress.begin(`asking ${letter}`, cases.targets.length);
  try {
    return await evaluate(model, cases, {
      ...{ seenItems, cutoffs, clock, signal },
      // The comparison draws its own resamples, and looks at ranks only.
      lists: false,
      bootstrap: null,
      onProgress: ({ casesDone, cases: count }) => progress.update(casesDone, `${formatCount(casesDone)} of ${formatCount(count)} cases`),
    });
  } finally {
    progress.end();
    await model.close();
  }
}

function requireSameQuestions(first: string, second: string, [one, other]: readonly [RunRecord, RunRecord]): void {
  const named = ({ data }: RunRecord) => `${data.name} (fingerprint ${data.fingerprint.slice(0, 12)})`;
  if (one.data.fingerprint !== other.data.fingerprint) {
    const what = `the first was trained on ${named(one)}, the second on ${named(other)}`;
    throw new RunsDifferError(first, second, what, 'Train both on the same data set.');
  }
  if (one.split !== other.split) {
    const what = `the first holds out its cases by ${one.split}, the second by ${other.split}`;
    throw new RunsDifferError(first, second, what, 'Train both with the same --split.');
  }
}

/** A run's model in a few words: what tells two runs of one architecture apart. */
function modelOf({ config, modelDigest }: RunRecord): ComparedModel {
  const { model, loss, seed, epochs } = config;
  const name = `${model.kind}, dimension ${model.dimension}, ${model.blocks} ${model.blocks === 1 ? 'block' : 'blocks'}, length ${model.maxLength}, ${loss.kind}, ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, seed ${seed}`;
  return { name, fingerprint: modelDigest };
}
