import { meanOf, spreadOf } from '../census/census-report.ts';

/** A column of figures. */
export interface TableColumn<Key extends string> {
  readonly key: Key;
  readonly title: string;
  readonly digits: number;
  /** Whether it stands on the probability that a loss implies: in brackets where it implies none. */
  readonly ofProbability: boolean;
}

/** A row of the table: a loss or a baseline, with the figures of each seed. */
export interface TableRow<Key extends string> {
  readonly key: string;
  readonly name: string;
  readonly impliesProbability: boolean;
  readonly seeds: readonly { readonly [Column in Key]: number }[];
}

/** The table in Markdown, means ± deviations over seeds, and its means as figures `key.column`. */
export function lossTable<Key extends string>(
  rows: readonly TableRow<Key>[],
  columns: readonly TableColumn<Key>[],
): { readonly text: string; readonly figures: Readonly<Record<string, number>> } {
  const figures: Record<string, number> = {};
  const lines = rows.map(({ key, name, impliesProbability, seeds }) => {
    const cells = columns.map(({ key: column, digits, ofProbability }) => {
      const values = seeds.map((figure) => figure[column]);
      figures[`${key}.${column}`] = Number(meanOf(values).toFixed(digits));
      const short = (value: number) => value.toFixed(digits).replace(/^0/, '');
      const cell = seeds.length < 2 ? short(meanOf(values)) : `${short(meanOf(values))} ± ${short(spreadOf(values))}`;
      return ofProbability && !impliesProbability ? `(${cell})` : cell;
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const header = ['loss', ...columns.map(({ title }) => title)];
  return { text: [`| ${header.join(' | ')} |`, `|${'---|'.repeat(header.length)}`, ...lines].join('\n'), figures };
}
