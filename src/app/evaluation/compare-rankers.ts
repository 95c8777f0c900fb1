import { compareResults } from '../../learn/evaluation/compare-results.ts';
import { evaluate, type EvaluateOptions, type EvaluationResult } from '../../learn/evaluation/evaluate.ts';
import type { EvaluationCases } from '../../learn/evaluation/evaluation-cases.ts';
import { createReport, type EvaluationReport, type ReportedDataset, type ReportEntry } from '../../learn/evaluation/evaluation-report.ts';
import { countItems } from '../../learn/evaluation/item-counts.ts';
import type { CandidateSet } from '../../learn/evaluation/protocol.ts';
import type { InteractionSequences, Ranker } from '../../learn/interaction-sequences.ts';
import { BaselineError } from '../../learn/models/baselines/baseline-error.ts';
import { baselines } from '../../learn/models/baselines/baselines.ts';
import { formatCount, formatDuration } from '../words/amounts.ts';
import type { WorkContext } from '../work-context.ts';

/** What is compared, on what. */
export interface RankerComparison {
  readonly model: Ranker;
  /** How long the model was trained. */
  readonly modelFitSeconds: number | null;
  readonly dataset: ReportedDataset;
  /** What the baselines are fitted to. */
  readonly train: InteractionSequences;
  readonly cases: EvaluationCases;
  /** @default all baselines */
  readonly withBaselines?: boolean;
  readonly candidates?: CandidateSet;
  readonly seenItems?: 'left out' | 'kept';
  readonly cutoffs?: readonly number[];
  readonly seed?: number;
}

/**
 * A model beside every baseline under one protocol, with the paired difference to the best of them. Baselines are
 * fitted, asked and dropped one at a time; one that cannot be fitted stands in the report with the reason.
 *
 * @throws EvaluationError; the interruption where the work is stopped
 */
export async function compareRankers(comparison: RankerComparison, context: WorkContext): Promise<EvaluationReport> {
  const { progress, clock, signal } = context;
  const options: EvaluateOptions = {
    popularity: countItems(comparison.train),
    candidates: comparison.candidates ?? { kind: 'all' },
    seenItems: comparison.seenItems ?? 'left out',
    seed: comparison.seed ?? 0,
    ...(comparison.cutoffs === undefined ? {} : { cutoffs: comparison.cutoffs }),
    clock,
    signal,
  };
  const ask = async (ranker: Ranker, fitSeconds: number | null): Promise<ReportEntry> => {
    progress.begin(`evaluating ${ranker.name}`, comparison.cases.targets.length);
    const result = await evaluate(ranker, comparison.cases, {
      ...options,
      onProgress: ({ casesDone, cases }) => progress.update(casesDone, `${formatCount(casesDone)} of ${formatCount(cases)} cases`),
    });
    progress.end();
    return { result, fitSeconds };
  };

  const entries: ReportEntry[] = [await ask(comparison.model, comparison.modelFitSeconds)];
  for (const baseline of (comparison.withBaselines ?? true) ? baselines : []) {
    signal.throwIfAborted();
    progress.begin(`fitting ${baseline.name}`, 1);
    const startMs = clock.monotonicMs();
    try {
      const ranker = await baseline.fit(comparison.train);
      entries.push(await ask(ranker, (clock.monotonicMs() - startMs) / 1000));
      progress.note(`${baseline.name}: ${formatDuration((clock.monotonicMs() - startMs) / 1000)}`);
    } catch (error) {
      if (!(error instanceof BaselineError)) throw error;
      entries.push({ ranker: baseline.name, skipped: error.message });
      progress.note(`${baseline.name}: skipped. ${error.message}`);
    } finally {
      progress.end();
    }
  }
  const [model, ...others] = entries.flatMap((entry) => ('result' in entry ? [entry.result] : []));
  const best = others.toSorted((a, b) => firstNdcg(b) - firstNdcg(a))[0];
  return createReport(comparison.dataset, entries, best === undefined ? [] : [compareResults(model!, best)]);
}

function firstNdcg(result: EvaluationResult): number {
  return result.metrics.find(({ metric }) => metric === 'NDCG')?.value ?? 0;
}
