import type { ComparedCell, Comparison, MetricComparison } from './comparison.ts';
import { figure, intervalText, pFigure, rulesInWords, signed } from './comparison-words.ts';

/** A table of the report: the first row is the header. */
export interface ComparisonTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** What a report on a comparison says, for any kind of paper. */
export interface ComparisonContent {
  readonly title: string;
  readonly models: readonly string[];
  readonly headline: string;
  readonly reasons: readonly string[];
  readonly cautions: readonly string[];
  readonly tables: readonly ComparisonTable[];
  readonly rules: readonly { readonly label: string; readonly text: string }[];
  readonly notes: readonly string[];
}

/** Arranges a comparison: recommendation, a table of all metrics a task, a table of segments a task, rules, what was left out. */
export function comparisonContent(comparison: Comparison): ComparisonContent {
  const { first, second, data, cells, recommendation, notes } = comparison;
  const tasks = cells.filter(({ segment }) => segment === null);
  return {
    title: `B against A on ${data.name}`,
    models: [`A: ${nameOf(first)}`, `B: ${nameOf(second)}`],
    headline: recommendation.headline,
    reasons: recommendation.reasons,
    cautions: recommendation.cautions,
    tables: tasks.flatMap((cell) => [taskTable(cell, comparison), ...segmentTable(cell, comparison)]),
    rules: rulesInWords(comparison),
    notes: [
      ...(comparison.kind === 'cases'
        ? []
        : ['Differences are B − A. For normalised entropy, log loss and ECE less is better, else more.']),
      ...notes,
    ],
  };
}

function nameOf({ name, fingerprint }: Comparison['first']): string {
  return fingerprint === null ? name : `${name} (${fingerprint.slice(0, 12)})`;
}

function taskTable(cell: ComparedCell, { kind }: Comparison): ComparisonTable {
  const what = kind === 'impressions' ? 'places' : 'cases';
  const counts = [
    `${cell.examples} ${what}`,
    `${cell.users} users`,
    ...(cell.rate === null ? [] : [`rate ${figure(cell.rate)}`]),
    ...(cell.tooSmall === null ? [] : [`too small to be measured: ${cell.tooSmall}`]),
  ];
  return {
    title: `${cell.task} (${counts.join(', ')})`,
    rows: [
      ['metric', 'A', 'B', 'B − A', 'p'],
      ...cell.metrics.map(({ metric, first, second, difference, interval, pValue }) => [
        metric,
        `${figure(first.value)} ${intervalText(first.interval)}`,
        `${figure(second.value)} ${intervalText(second.interval)}`,
        `${signed(difference)} ${intervalText(interval, signed)}`,
        pFigure(pValue),
      ]),
    ],
  };
}

/** The metric that decides about the task, segment by segment; nothing where there are no segments. */
function segmentTable({ task }: ComparedCell, { cells, recommendation, kind }: Comparison): ComparisonTable[] {
  const segments = cells.filter((cell) => cell.task === task && cell.segment !== null);
  const metric = recommendation.findings.find((each) => each.task === task && each.role !== 'calibration')?.metric;
  if (segments.length === 0 || metric === undefined) return [];
  const hasRate = segments.some(({ rate }) => rate !== null);
  const cellsOf = (cell: ComparedCell, found: MetricComparison | undefined): string[] => {
    if (found === undefined) return [`not measured: ${cell.tooSmall ?? 'the metric does not exist here'}`, '', '', '', ''];
    const finding = recommendation.findings.find(
      (each) => each.role === 'segment' && each.task === task && each.segmentation === cell.segmentation && each.segment === cell.segment,
    );
    return [
      figure(found.first.value),
      figure(found.second.value),
      `${signed(found.difference)} ${intervalText(found.interval, signed)}`,
      finding === undefined ? '' : pFigure(finding.adjusted),
      finding === undefined || finding.verdict === 'unclear' ? '' : `B ${finding.verdict}`,
    ];
  };
  return [
    {
      title: `${task} by segment: ${metric}`,
      rows: [
        [
          'segment',
          kind === 'impressions' ? 'places' : 'cases',
          'users',
          ...(hasRate ? ['rate'] : []),
          'A',
          'B',
          'B − A',
          'adjusted p',
          '',
        ],
        ...segments.map((cell) => [
          `${cell.segmentation}: ${cell.segment}`,
          String(cell.examples),
          String(cell.users),
          ...(hasRate ? [cell.rate === null ? '' : figure(cell.rate)] : []),
          ...cellsOf(
            cell,
            cell.metrics.find((each) => each.metric === metric),
          ),
        ]),
      ],
    },
  ];
}
