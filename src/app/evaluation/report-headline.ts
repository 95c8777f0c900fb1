import type { EvaluationReport } from '../../learn/evaluation/evaluation-report.ts';

/** One line: the model's NDCG at the first cutoff beside that of the best baseline, and whether the difference is sure. */
export function reportHeadline({ rows, comparisons }: EvaluationReport): string {
  const model = rows[0]!;
  const own = model.metrics.find(({ metric }) => metric === 'NDCG');
  if (own === undefined) return `${model.ranker}: no figures`;
  const name = `NDCG@${own.cutoff}`;
  const comparison = comparisons[0];
  const difference = comparison?.differences.find(({ metric, cutoff }) => metric === 'NDCG' && cutoff === own.cutoff);
  if (comparison === undefined || difference === undefined) return `${model.ranker}: ${name} ${own.value.toFixed(4)}`;
  const other = own.value - difference.difference;
  const [low, high] = difference.interval;
  const verdict = low > 0 ? 'better' : high < 0 ? 'worse' : 'not told apart';
  return `${model.ranker}: ${name} ${own.value.toFixed(4)}; best baseline ${comparison.second}: ${other.toFixed(4)} (${verdict}, 95 % interval of the difference ${low.toFixed(4)} to ${high.toFixed(4)})`;
}
