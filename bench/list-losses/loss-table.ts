import { meanOf, spreadOf } from '../census/census-report.ts';
import type { ImpliedProbability } from './implied-log-odds.ts';
import type { RankerFigures } from './train-loss.ts';

/** A row of the table: a loss or a baseline, with the figures of each seed. */
export interface TableRow {
  readonly key: string;
  readonly name: string;
  readonly implies: ImpliedProbability;
  readonly seeds: readonly RankerFigures[];
}

const COLUMNS = [
  ['ndcg10', 'NDCG@10', 4],
  ['hitRate10', 'HR@10', 4],
  ['ece', 'ECE', 5],
  ['logLoss', 'log loss', 5],
  ['eceFitted', 'ECE, fitted', 5],
  ['logLossFitted', 'log loss, fitted', 5],
] as const;

/** The table in Markdown, and its means as figures `key.column`. */
export function lossTable(rows: readonly TableRow[]): { readonly text: string; readonly figures: Readonly<Record<string, number>> } {
  const figures: Record<string, number> = {};
  const lines = rows.map(({ key, name, implies, seeds }) => {
    const cells = COLUMNS.map(([column, , digits]) => {
      const values = seeds.map((figure) => figure[column]);
      figures[`${key}.${column}`] = Number(meanOf(values).toFixed(digits));
      const short = (value: number) => value.toFixed(digits).replace(/^0/, '');
      const cell = seeds.length < 2 ? short(meanOf(values)) : `${short(meanOf(values))} ± ${short(spreadOf(values))}`;
      const isOrder = column === 'ndcg10' || column === 'hitRate10';
      return implies === 'none' && !isOrder ? `(${cell})` : cell;
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const header = ['loss', ...COLUMNS.map(([, title]) => title)];
  return { text: [`| ${header.join(' | ')} |`, `|${'---|'.repeat(header.length)}`, ...lines].join('\n'), figures };
}
