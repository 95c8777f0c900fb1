import type { Comparison } from './comparison.ts';
import { comparisonContent } from './comparison-content.ts';

/** The comparison for a terminal: figures first, so that the recommendation stands last, where the eye is. Ends with a line break. */
export function comparisonText(comparison: Comparison): string {
  const { title, models, headline, reasons, cautions, tables, rules, notes } = comparisonContent(comparison);
  const width = Math.max(...rules.map(({ label }) => label.length));
  const blocks = [
    [title, ...models.map((model) => `  ${model}`)],
    ['Rules and protocol', ...rules.map(({ label, text }) => `  ${label.padEnd(width)}  ${text}`)],
    ...tables.map((table) => [table.title, ...aligned(table.rows).map((line) => `  ${line}`)]),
    ...(notes.length === 0 ? [] : [[...notes]]),
    [headline, ...reasons.map((reason) => `  - ${reason}`)],
    ...(cautions.length === 0 ? [] : [['Keep in mind', ...cautions.map((caution) => `  - ${caution}`)]]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  // The reason why a segment is not measured is a sentence in its row's first free column: it must not widen that column for all.
  const isSentence = (cell: string) => cell.startsWith('not measured');
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => (isSentence(row[column]!) ? 0 : row[column]!.length))));
  return rows.map((row) =>
    row
      .filter((cell, column) => cell !== '' || !row.slice(0, column).some(isSentence))
      .map((cell, column) => (isSentence(cell) ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
