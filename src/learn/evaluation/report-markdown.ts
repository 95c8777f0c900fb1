import type { EvaluationReport } from './evaluation-report.ts';
import { reportContent } from './report-tables.ts';

/** The report as a Markdown page: the protocol as a list, then tables. Ends with a line break. */
export function reportMarkdown(report: EvaluationReport): string {
  const { title, protocol, tables, notes } = reportContent(report);
  const blocks = [
    [`# ${escapeCell(title)}`],
    protocol.map(({ label, text }) => `- **${label}**: ${escapeCell(text)}`),
    ...tables.flatMap((table) => [[`## ${escapeCell(table.title)}`], markdownRows(table.rows)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escapeCell(note)}`)]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function markdownRows(rows: readonly (readonly string[])[]): string[] {
  const [header, ...body] = rows.map((row) => `| ${row.map(escapeCell).join(' | ')} |`);
  return [header!, `|${rows[0]!.map((_, column) => (column === 0 ? ' --- |' : ' ---: |')).join('')}`, ...body];
}

/** Names come from files and people: none may break the table or become a tag. */
function escapeCell(text: string): string {
  return text.replace(/[\\|`*_<>]|\](?=[([:])/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
