import { compareResults, type ResultComparison } from '../../learn/evaluation/compare-results.ts';
import type { EvaluationResult } from '../../learn/evaluation/evaluate.ts';
import { createReport, type EvaluationReport, type ReportedDataset } from '../../learn/evaluation/evaluation-report.ts';
import { formatEstimate } from '../../learn/evaluation/format-estimate.ts';
import type { MetricEstimate } from '../../learn/evaluation/metrics.ts';
import { partOfResult } from '../../learn/evaluation/next-action/evaluate-alive.ts';
import { reportMarkdown } from '../../learn/evaluation/report-markdown.ts';
import { reportText } from '../../learn/evaluation/report-text.ts';
import { formatCount } from '../words/amounts.ts';
import { formatTable } from '../words/table.ts';
import type { NextActionData } from './next-action-data.ts';

/** One ranker's answers, and how long it took to train. */
export interface NextActionEntry {
  readonly result: EvaluationResult;
  readonly fitSeconds: number | null;
}

/** A part of the cases, all rankers on it. */
export interface NextActionPart {
  /** `content`, `feature`, …: domain of the action that is foretold; `new subjects`: targets that training never saw. */
  readonly part: string;
  readonly cases: number;
  readonly rows: readonly { readonly ranker: string; readonly metrics: readonly MetricEstimate[] }[];
  /** The first ranker less each other, paired. */
  readonly comparisons: readonly ResultComparison[];
}

/** Rankers side by side, on all cases and on parts of them. Plain data: it survives JSON. */
export interface NextActionReport extends EvaluationReport {
  readonly parts: readonly NextActionPart[];
}

/** Puts rankers side by side, the model first; compares it with each other one. */
export function nextActionReport(
  dataset: ReportedDataset,
  data: Pick<NextActionData, 'source' | 'targets' | 'split'>,
  part: 'validation' | 'test',
  entries: readonly NextActionEntry[],
): NextActionReport {
  const results = entries.map(({ result }) => result);
  const { vocabulary } = data.source.sequences;
  const numbers = data.split[part].historyEnds;
  const domainOf = (index: number) => vocabulary.domainOfAction[data.targets.actions[numbers[index]!]!]!;
  const isNew = (index: number) => data.source.subjects.ids[data.targets.subjects[numbers[index]!]!] === UNKNOWN_ID;
  const parts = [
    ...vocabulary.domains.map((domain, code) => [domain, (index: number) => domainOf(index) === code] as const),
    ['new subjects', isNew] as const,
  ];
  return {
    ...createReport(dataset, entries, comparisonsOf(results)),
    parts: parts.flatMap(([name, keep]): NextActionPart[] => {
      const found = results.flatMap((result) => partOfResult(result, name, keep) ?? []);
      if (found.length === 0) return [];
      const rows = found.map(({ ranker, metrics }) => ({ ranker, metrics }));
      return [{ part: name, cases: found[0]!.ranks.length, rows, comparisons: comparisonsOf(found) }];
    }),
  };
}

/** Row of the id table of what training never saw: `subjectIdRows.unknown`. */
const UNKNOWN_ID = 1;

function comparisonsOf([first, ...others]: readonly EvaluationResult[]): ResultComparison[] {
  return others.map((other) => compareResults(first!, other));
}

/** The report for a terminal. */
export function nextActionText(report: NextActionReport): string {
  return `${reportText(report)}\n${report.parts.map((part) => `${titleOf(part)}\n${formatTable(rowsOf(part, report.rows[0]!.ranker))}`).join('\n\n')}\n`;
}

/** The report as Markdown. */
export function nextActionMarkdown(report: NextActionReport): string {
  const table = (rows: readonly (readonly string[])[]) =>
    [rows[0]!, rows[0]!.map(() => '---'), ...rows.slice(1)].map((row) => `| ${row.join(' | ')} |`).join('\n');
  return `${reportMarkdown(report)}\n${report.parts.map((part) => `## ${titleOf(part)}\n\n${table(rowsOf(part, report.rows[0]!.ranker))}`).join('\n\n')}\n`;
}

function titleOf({ part, cases }: NextActionPart): string {
  return `Targets: ${part} (${formatCount(cases)} cases)`;
}

function rowsOf({ rows, comparisons }: NextActionPart, first: string): string[][] {
  const shown = rows[0]!.metrics.filter(({ metric }) => metric !== 'MRR').filter(({ cutoff }, _, all) => cutoff === all[0]!.cutoff);
  const head = shown.map(({ metric, cutoff }) => `${metric}@${cutoff}`);
  return [
    ['ranker', ...head, ...(comparisons.length === 0 ? [] : [`${head.at(-1)}: ${first} less it`])],
    ...rows.map(({ ranker, metrics }, at) => {
      const difference = comparisons[at - 1]?.differences.find(
        ({ metric, cutoff }) => metric === shown.at(-1)!.metric && cutoff === shown.at(-1)!.cutoff,
      );
      return [
        ranker,
        ...shown.map(({ metric, cutoff }) => {
          const found = metrics.find((estimate) => estimate.metric === metric && estimate.cutoff === cutoff)!;
          return formatEstimate(found.value, found.interval);
        }),
        ...(difference === undefined ? [] : [formatEstimate(difference.difference, difference.interval)]),
      ];
    }),
  ];
}
