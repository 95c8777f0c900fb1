import type { EvaluationReport } from './evaluation-report.ts';
import { formatEstimate } from './format-estimate.ts';
import { describeProtocol } from './protocol.ts';

/** A table of words, its first row the header. */
export interface ReportTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What the text and the Markdown report say, before either's layout. */
export interface ReportContent {
  readonly title: string;
  /** The protocol, a line a part. */
  readonly protocol: readonly { readonly label: string; readonly text: string }[];
  /** A table for each cutoff, then one for each comparison. */
  readonly tables: readonly ReportTable[];
  /** What was skipped and why, what scored badly. */
  readonly notes: readonly string[];
}

export function reportContent(report: EvaluationReport): ReportContent {
  const { dataset, protocol, rows, comparisons } = report;
  const measured = rows.filter((row) => row.skipped === null);
  const cutoffs = [...new Set(measured.flatMap((row) => row.metrics.map(({ cutoff }) => cutoff)))];
  const fingerprint = dataset.fingerprint === null ? '' : `, fingerprint ${dataset.fingerprint.slice(0, 12)}`;
  return {
    title: `Evaluation on ${dataset.name}`,
    protocol: [
      {
        label: 'data',
        text: `${dataset.name}: ${dataset.users} users, ${dataset.items} items, ${dataset.interactions} interactions${fingerprint}`,
      },
      ...describeProtocol(protocol),
    ],
    tables: [
      ...cutoffs.map((cutoff, at): ReportTable => {
        const metrics = measured[0]!.metrics.filter((estimate) => estimate.cutoff === cutoff);
        return {
          title: `At ${cutoff}`,
          rows: [
            // Seconds do not depend on the cutoff: they stand in the first table.
            ['ranker', ...metrics.map(({ metric }) => `${metric}@${cutoff}`), ...(at === 0 ? ['fit s', 'score s'] : [])],
            ...measured.map((row) => [
              row.ranker,
              ...metrics.map(({ metric }) => {
                const found = row.metrics.find((estimate) => estimate.metric === metric && estimate.cutoff === cutoff);
                return found === undefined ? '–' : formatEstimate(found.value, found.interval);
              }),
              ...(at === 0 ? [formatSeconds(row.fitSeconds), formatSeconds(row.scoringSeconds)] : []),
            ]),
          ],
        };
      }),
      ...comparisons.map(({ first, second, differences }): ReportTable => ({
        title: `${first} minus ${second}, paired`,
        rows: [
          ['metric', 'difference'],
          ...differences.map(({ metric, cutoff, difference, interval }) => [`${metric}@${cutoff}`, formatEstimate(difference, interval)]),
        ],
      })),
    ],
    notes: rows.flatMap((row) => {
      if (row.skipped !== null) return [`${row.ranker}: skipped. ${row.skipped}`];
      return row.invalidScores > 0 ? [`${row.ranker}: ${row.invalidScores} scores were NaN or +Infinity.`] : [];
    }),
  };
}

function formatSeconds(seconds: number | null): string {
  return seconds === null ? '–' : seconds.toFixed(1);
}
