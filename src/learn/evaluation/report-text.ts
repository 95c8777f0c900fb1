import type { EvaluationReport } from './evaluation-report.ts';
import { reportContent } from './report-tables.ts';

/** The report for a terminal: the protocol, then aligned tables. Ends with a line break. */
export function reportText(report: EvaluationReport): string {
  const { title, protocol, tables, notes } = reportContent(report);
  const labelWidth = Math.max(...protocol.map(({ label }) => label.length));
  const blocks = [
    [title, ...protocol.map(({ label, text }) => `  ${label.padEnd(labelWidth)}  ${text}`)],
    ...tables.map((table) => [table.title, ...alignRows(table.rows).map((line) => `  ${line}`)]),
    ...(notes.length === 0 ? [] : [notes]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function alignRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
