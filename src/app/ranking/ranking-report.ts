import path from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { SplitLabels } from '../../data/actions/split-lists-by-time.ts';
import { multiTaskName } from '../../learn/models/multi-task/multi-task-config.ts';
import { encoderName } from '../../learn/models/ranking/ranker-config.ts';
import { compositeFormula } from '../../learn/training/composite-loss/composite-formula.ts';
import type { ImpressionMeasures, MeasuredCell } from '../../measure/comparison/measure-impressions.ts';
import type { ComparedMetric } from '../../measure/comparison/evaluator.ts';
import { formatCount } from '../words/amounts.ts';
import { formatMoment } from '../words/moments.ts';
import { formatTable } from '../words/table.ts';
import type { RankingReport } from './measure-ranking-run.ts';
import type { RankingRunRecord } from './ranking-run-record.ts';

/** A table with its title: the first row is the header. */
interface ReportTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** Writes `report.txt` and `report.md` into a run's folder. @returns the text */
export async function writeRankingReport(
  folder: string,
  record: RankingRunRecord,
  report: RankingReport,
  counts: SplitLabels['counts'],
): Promise<string> {
  const tables = [taskTable(report), ...segmentTables(report), labelTable(record, counts), calibratorTable(report), gateTable(report)];
  const shown = tables.filter(({ rows }) => rows.length > 1);
  const formula = compositeFormula(record.config.loss);
  const head = headLines(record, report);
  const text = [
    ...head,
    '',
    formula.text,
    ...shown.flatMap(({ title, rows }) => ['', title, formatTable(rows, rightColumns(rows))]),
    '',
  ].join('\n');
  const markdown = [
    `# ${head[0]!}`,
    '',
    ...head.slice(1).map((line) => `- ${line}`),
    '',
    formula.markdown,
    ...shown.flatMap(({ title, rows }) => ['', `## ${title}`, '', markdownTable(rows)]),
    '',
  ].join('\n');
  await writeFileAtomically(path.join(folder, 'report.txt'), [text]);
  await writeFileAtomically(path.join(folder, 'report.md'), [markdown]);
  return text;
}

function headLines({ config, data, split }: RankingRunRecord, { model }: RankingReport): string[] {
  const { encoder, dimension, tasks } = config.model;
  return [
    `${encoderName(encoder)}, ${multiTaskName(tasks)}: length ${encoder.maxLength}, dimension ${dimension}, ${config.loss.tasks.length} tasks, seed ${config.seed}`,
    `data: ${data.name} (${data.fingerprint.slice(0, 12)}): ${formatCount(data.users)} users, ${formatCount(data.subjects)} subjects, ${formatCount(data.actions)} actions, ${formatCount(data.pages)} pages of ${formatCount(data.places)} places`,
    `protocol: training until ${formatMoment(split.trainUntilMs)}, validation until ${formatMoment(split.validationUntilMs)}, test after it, asked once; outcomes still open at the training cut: ${split.correction}`,
    `figures: over all places of the test pages; ${Math.round(100 * model.options.confidence)} % intervals of ${formatCount(model.options.resamples)} resamples of users`,
  ];
}

/** Each task: what the model reaches, beside the baselines; how well its probabilities are calibrated. */
function taskTable({ model, raw, baselines }: RankingReport): ReportTable {
  const names = Object.keys(baselines);
  const rows = overallCells(model).map((cell) => {
    const own = (measures: ImpressionMeasures) => overallCells(measures).find(({ task }) => task === cell.task)!;
    if (cell.tooSmall !== null) return [cell.task, formatCount(cell.examples), '', `not measured: ${cell.tooSmall}`];
    return [
      cell.task,
      formatCount(cell.examples),
      cell.rate === null ? '' : `${(100 * cell.rate).toFixed(2)} %`,
      withInterval(cell, 'AUC'),
      ...names.map((name) => valueOf(own(baselines[name]!), 'AUC')),
      valueOf(cell, 'GAUC by user'),
      valueOf(cell, 'NDCG@10'),
      valueOf(cell, 'normalised entropy'),
      ...names.map((name) => valueOf(own(baselines[name]!), 'normalised entropy')),
      valueOf(own(raw), 'debiased ECE'),
      valueOf(cell, 'debiased ECE'),
    ];
  });
  return {
    title: 'Tasks, on the test pages',
    rows: [
      [
        'task',
        'places',
        'rate',
        'AUC',
        ...names.map((name) => `${name} AUC`),
        'GAUC',
        'NDCG@10',
        'NE',
        ...names.map((name) => `${name} NE`),
        'ECE raw',
        'ECE',
      ],
      ...rows,
    ],
  };
}

/** AUC and calibration of each task by segment, a table a segmentation. */
function segmentTables({ model }: RankingReport): ReportTable[] {
  const tasks = overallCells(model).map(({ task }) => task);
  const segmentations = [...new Set(model.cells.flatMap(({ segmentation }) => segmentation ?? []))];
  return segmentations.map((segmentation) => {
    const cells = model.cells.filter((cell) => cell.segmentation === segmentation);
    const segments = [...new Set(cells.map(({ segment }) => segment!))];
    return {
      title: `By ${segmentation}: AUC (debiased ECE) a task; – and segments left out: too few users or outcomes`,
      rows: [
        [segmentation, ...tasks],
        ...segments
          .filter((segment) => cells.some((cell) => cell.segment === segment && cell.tooSmall === null))
          .map((segment) => [
            segment,
            ...tasks.map((task) => {
              const cell = cells.find((each) => each.task === task && each.segment === segment);
              if (cell === undefined || cell.tooSmall !== null) return '–';
              return `${valueOf(cell, 'AUC')} (${valueOf(cell, 'debiased ECE')})`;
            }),
          ]),
      ],
    };
  });
}

function labelTable({ config }: RankingRunRecord, counts: SplitLabels['counts']): ReportTable {
  const each = (part: keyof SplitLabels['counts'], task: string) => {
    const { positives, negatives, open } = counts[part][task]!;
    return `${formatCount(positives)} / ${formatCount(positives + negatives)}${open > 0 ? ` (${formatCount(open)} open)` : ''}`;
  };
  return {
    title: 'Labels: positives / places with a label (places whose outcome may still come)',
    rows: [
      ['task', 'training', 'validation', 'test'],
      ...config.loss.tasks.map(({ name }) => [name, each('train', name), each('validation', name), each('test', name)]),
    ],
  };
}

function calibratorTable({ calibrators }: RankingReport): ReportTable {
  return {
    title: 'Calibrators, chosen and fitted on validation',
    rows: [
      ['task', 'method', 'by segment of', 'why'],
      ...calibrators.tasks.map((task) => [task.task, task.method, task.segmentation ?? '', task.why]),
    ],
  };
}

function gateTable({ gates }: RankingReport): ReportTable {
  return {
    title: 'Gates on the test pages: mean weight of each expert',
    rows: [
      ['level', 'task', 'experts'],
      ...gates.map(({ level, task, experts }) => [
        String(level),
        task,
        experts.map(({ name, meanWeight }) => `${name} ${meanWeight.toFixed(2)}`).join(', '),
      ]),
    ],
  };
}

function overallCells({ cells }: ImpressionMeasures): MeasuredCell[] {
  return cells.filter(({ segment }) => segment === null);
}

function valueOf({ estimates }: MeasuredCell, metric: ComparedMetric): string {
  return estimates.find((each) => each.metric === metric)?.value.toFixed(4) ?? '–';
}

function withInterval({ estimates }: MeasuredCell, metric: ComparedMetric): string {
  const found = estimates.find((each) => each.metric === metric);
  return found === undefined ? '–' : `${found.value.toFixed(4)} [${found.interval.map((end) => end.toFixed(4)).join(', ')}]`;
}

/** All columns but the first, where they hold figures. */
function rightColumns(rows: ReportTable['rows']): number[] {
  return rows[0]!.map((_, column) => column).filter((column) => column > 0 && /^[\d–]/.test(rows[1]?.[column] ?? ''));
}

function markdownTable(rows: ReportTable['rows']): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const [header, ...rest] = rows as [readonly string[], ...(readonly string[])[]];
  return [line(header), line(header.map(() => '---')), ...rest.map(line)].join('\n');
}
