import type { Comparison } from './comparison.ts';
import { comparisonContent, type ComparisonTable } from './comparison-content.ts';

/** A picture that lies beside the report. */
export interface ReportPicture {
  readonly title: string;
  /** File name beside the report. */
  readonly file: string;
}

/** The comparison as a Markdown page that begins with the recommendation. Ends with a line break. */
export function comparisonMarkdown(comparison: Comparison, pictures: readonly ReportPicture[] = []): string {
  const { title, models, headline, reasons, cautions, tables, rules, notes } = comparisonContent(comparison);
  const blocks = [
    [`# ${escaped(title)}`],
    models.map((model) => `- **${model.slice(0, 1)}**${escaped(model.slice(1))}`),
    ['## Recommendation'],
    [`**${escaped(headline)}**`],
    reasons.map((reason) => `- ${escaped(reason)}`),
    ...(cautions.length === 0 ? [] : [['Keep in mind:'], cautions.map((caution) => `- ${escaped(caution)}`)]),
    ...pictures.flatMap((picture) => [[`![${escaped(picture.title)}](${picture.file})`]]),
    ...tables.flatMap((table) => [[`## ${escaped(table.title)}`], tableRows(table)]),
    ['## Rules and protocol'],
    rules.map(({ label, text }) => `- **${label}**: ${escaped(text)}`),
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${escaped(note)}`)]),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function tableRows({ rows }: ComparisonTable): string[] {
  const [header, ...body] = rows.map((row) => `| ${row.map(escaped).join(' | ')} |`);
  return [header!, `|${rows[0]!.map((_, column) => (column === 0 ? ' --- |' : ' ---: |')).join('')}`, ...body];
}

/** Names come from files and people: none may break the page or become a tag. */
function escaped(text: string): string {
  return text.replace(/[\\|`*_<>]|\](?=[([:])/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}
