import { writeFileSync } from 'node:fs';
import { formatTable } from '../../src/app/words/table.ts';
import { describeRuns, figureOf, trainingMinutes, type QualityRun } from './quality-run.ts';

/** A published figure to stand beside. */
export interface PublishedFigure {
  readonly name: string;
  readonly hr10: number;
  readonly ndcg10: number;
}

/** Prints models, baselines and published figures in one table, and hands the figures to the gate that asks. */
export function reportQuality(
  runs: readonly QualityRun[],
  figures: Readonly<Record<string, number>>,
  published: readonly PublishedFigure[],
  json: boolean,
): void {
  const protocol = describeRuns(runs);
  if (json) console.log(JSON.stringify({ figures, protocol, runs: runs.map(({ folder }) => folder) }));
  else console.log(`\n${qualityTable(runs, published)}\n\n${protocol}\n\n${runs.map(({ folder }) => folder).join('\n')}`);
  const outputFile = process.env['NISUS_GATE_OUTPUT'];
  if (outputFile !== undefined) writeFileSync(outputFile, JSON.stringify({ figures, protocol }));
}

/** The table alone. */
export function qualityTable(runs: readonly QualityRun[], published: readonly PublishedFigure[]): string {
  const figure = (value: number) => value.toFixed(4).replace(/^0/, '');
  const models = runs.map((run) => [
    run.report.rows[0]!.ranker,
    figure(figureOf(run.report, null, 'HR', 10)),
    figure(figureOf(run.report, null, 'NDCG', 10)),
    trainingMinutes(run).toFixed(1),
  ]);
  const baselines = runs[0]!.report.rows
    .slice(1)
    .map((row) =>
      row.skipped === null
        ? [
            row.ranker,
            figure(figureOf(runs[0]!.report, row.ranker, 'HR', 10)),
            figure(figureOf(runs[0]!.report, row.ranker, 'NDCG', 10)),
            ((row.fitSeconds ?? 0) / 60).toFixed(1),
          ]
        : [row.ranker, 'skipped', row.skipped, ''],
    );
  const papers = published.map(({ name, hr10, ndcg10 }) => [`${name} (published)`, figure(hr10), figure(ndcg10), '']);
  return formatTable([['ranker', 'HR@10', 'NDCG@10', 'minutes'], ...models, ...baselines, ...papers], [3]);
}

/** `hstuHr10`, `hstuNdcg10`, `hstuMinutes`, the same for SASRec, and the Markov chain's: the figures of the gates. */
export function qualityFigures(runs: readonly QualityRun[]): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const run of runs) {
    figures[`${run.model}Hr10`] = figureOf(run.report, null, 'HR', 10);
    figures[`${run.model}Ndcg10`] = figureOf(run.report, null, 'NDCG', 10);
    figures[`${run.model}Minutes`] = Math.round(trainingMinutes(run) * 100) / 100;
  }
  figures['markovHr10'] = figureOf(runs[0]!.report, 'first-order Markov', 'HR', 10);
  figures['markovNdcg10'] = figureOf(runs[0]!.report, 'first-order Markov', 'NDCG', 10);
  return figures;
}
