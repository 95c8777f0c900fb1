import type { ResultComparison } from './compare-results.ts';
import type { EvaluationResult } from './evaluate.ts';
import { EvaluationError } from './evaluation-error.ts';
import type { MetricEstimate } from './metrics.ts';
import type { EvaluationProtocol } from './protocol.ts';

/** The data that was evaluated on. */
export interface ReportedDataset {
  readonly name: string;
  /** Names the content; null where there is none. */
  readonly fingerprint: string | null;
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
}

/** One ranker in the report. */
export interface ReportRow {
  readonly ranker: string;
  /** Empty when the ranker was skipped. */
  readonly metrics: readonly MetricEstimate[];
  readonly invalidScores: number;
  /** Of training; null when it was not measured. */
  readonly fitSeconds: number | null;
  /** Of scoring and ranking all cases; null when it was not measured. */
  readonly scoringSeconds: number | null;
  /** Why there are no figures; null where there are. */
  readonly skipped: string | null;
}

/** Rankers side by side under one protocol. Plain data: it survives JSON. */
export interface EvaluationReport {
  readonly dataset: ReportedDataset;
  readonly protocol: EvaluationProtocol;
  readonly rows: readonly ReportRow[];
  readonly comparisons: readonly ResultComparison[];
}

/** What goes into a report for one ranker. */
export type ReportEntry =
  | { readonly result: EvaluationResult; readonly fitSeconds: number | null }
  | { readonly ranker: string; readonly skipped: string };

/**
 * Puts results side by side, in the order given.
 *
 * @throws EvaluationError `REPORT_PROTOCOLS` when the results are of different protocols, `REPORT_EMPTY` without a
 *   result
 */
export function createReport(
  dataset: ReportedDataset,
  entries: readonly ReportEntry[],
  comparisons: readonly ResultComparison[] = [],
): EvaluationReport {
  const results = entries.flatMap((entry) => ('result' in entry ? [entry.result] : []));
  const protocol = results[0]?.protocol;
  if (protocol === undefined) {
    throw new EvaluationError('REPORT_EMPTY', `There is no result to report on ${dataset.name}: every ranker was skipped.`);
  }
  for (const result of results) {
    if (JSON.stringify(result.protocol) === JSON.stringify(protocol)) continue;
    throw new EvaluationError(
      'REPORT_PROTOCOLS',
      `${results[0]!.ranker} and ${result.ranker} were evaluated under different protocols and cannot stand in one report.`,
      { fields: { first: protocol, second: result.protocol } },
    );
  }
  return {
    dataset,
    protocol,
    rows: entries.map((entry) =>
      'result' in entry
        ? {
            ranker: entry.result.ranker,
            metrics: entry.result.metrics,
            invalidScores: entry.result.invalidScores,
            fitSeconds: entry.fitSeconds,
            scoringSeconds: entry.result.scoringSeconds,
            skipped: null,
          }
        : {
            ranker: entry.ranker,
            metrics: [],
            invalidScores: 0,
            fitSeconds: null,
            scoringSeconds: null,
            skipped: entry.skipped,
          },
    ),
    comparisons,
  };
}
