import { diagramStyle, escapeXml } from '../calibration/diagram-style.ts';
import type { ComparedCell, Comparison, Finding, MetricComparison } from './comparison.ts';
import { figure } from './comparison-words.ts';

const LABELS = 158;
const GAP = 18;
const ROW = 21;
/** An interval that reaches beyond so many times the widest one over all is cut, with an arrow: small segments must not set the scale. */
const SCALE_CUT = 3;

/** A row of every panel. */
interface ForestRow {
  readonly label: string;
  /** null: a heading */
  readonly key: Pick<ComparedCell, 'segmentation' | 'segment'> | null;
}

/**
 * The differences of a comparison as SVG: a panel a task, a row over all and one a segment, the difference in the metric that decides with its
 * interval, turned so that right of the line B is better. Blue is shown better, amber shown worse (after correction), grey not told apart; a segment
 * that is too small says so. It reads on light and on dark paper. A pure function: the same comparison, the same bytes.
 */
export function forestPlot(comparison: Comparison): string {
  const panels = panelsOf(comparison);
  const rows = rowsOf(comparison);
  const across = panels.length === 4 ? 2 : Math.min(3, panels.length);
  const panelWidth = across === 1 ? 380 : across === 2 ? 260 : 200;
  const width = 24 + LABELS + across * panelWidth + (across - 1) * GAP + 24;
  const head = 112;
  const blockHeight = 44 + rows.length * ROW + 56;
  const blocks = Math.ceil(panels.length / across);
  const height = head + blocks * blockHeight;
  const title = 'B against A: differences by task and segment';
  const names = [`A: ${comparison.first.name}`, `B: ${comparison.second.name}`];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="forest" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escapeXml(title)}">`,
    diagramStyle('forest'),
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="24" y="28" font-size="15" font-weight="600">${title}</text>`,
    ...names.map((name, at) => `<text class="muted" x="24" y="${48 + 17 * at}">${escapeXml(fitted(name, (width - 48) / 6.4))}</text>`),
    ...legend(24, 90),
    ...panels.flatMap((panel, at) => {
      const block = Math.floor(at / across);
      const top = head + block * blockHeight;
      const left = 24 + LABELS + (at % across) * (panelWidth + GAP);
      return [...(at % across === 0 ? rowLabels(rows, top + 44) : []), ...panelMarks(panel, rows, { left, top, width: panelWidth })];
    }),
    '</svg>\n',
  ].join('\n');
}

/** What a panel draws. */
interface Panel {
  readonly task: string;
  readonly metric: string;
  readonly cells: readonly ComparedCell[];
  readonly findings: readonly Finding[];
  readonly role: Finding['role'];
}

/** A panel for each task that the rules decide about. */
function panelsOf({ cells, recommendation }: Comparison): Panel[] {
  return recommendation.findings
    .filter(({ role }) => role === 'primary' || role === 'guard')
    .map(({ task, metric, role }) => ({
      ...{ task, metric, role },
      cells: cells.filter((cell) => cell.task === task),
      findings: recommendation.findings.filter((finding) => finding.task === task && finding.metric === metric),
    }));
}

function rowsOf({ cells }: Comparison): ForestRow[] {
  const rows: ForestRow[] = [{ label: 'all', key: { segmentation: null, segment: null } }];
  for (const { segmentation, segment } of cells) {
    if (segmentation === null || rows.some(({ key }) => key?.segmentation === segmentation && key.segment === segment)) continue;
    if (!rows.some(({ key }) => key?.segmentation === segmentation)) rows.push({ label: segmentation, key: null });
    rows.push({ label: segment!, key: { segmentation, segment } });
  }
  return rows;
}

function rowLabels(rows: readonly ForestRow[], top: number): string[] {
  return rows.map(({ label, key }, at) => {
    const y = top + at * ROW + 14;
    const text = escapeXml(fitted(label, 24));
    if (key === null) return `<text class="muted" x="24" y="${y}">${text}</text>`;
    return key.segment === null ? `<text x="24" y="${y}" font-weight="600">${text}</text>` : `<text x="36" y="${y}">${text}</text>`;
  });
}

function panelMarks(
  panel: Panel,
  rows: readonly ForestRow[],
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): string[] {
  const first = top + 44;
  const bottom = first + rows.length * ROW;
  const found = rows.map(({ key }) => (key === null ? null : markOf(panel, key)));
  const reach = reachOf(found.flatMap((mark) => (mark?.kind === 'difference' ? [mark] : [])));
  const middle = left + width / 2;
  const x = (value: number) => middle + (value / reach) * (width / 2 - 8);
  const tick = niceTick(reach);
  return [
    `<text x="${middle}" y="${top + 14}" text-anchor="middle" font-weight="600">${escapeXml(fitted(panel.task, 26))}</text>`,
    `<text class="muted" x="${middle}" y="${top + 31}" text-anchor="middle" font-size="11">${escapeXml(panel.metric)}${panel.role === 'guard' ? ', guarded' : ''}</text>`,
    ...[-tick, tick].map((value) => `<line class="grid" x1="${fixed(x(value))}" x2="${fixed(x(value))}" y1="${first}" y2="${bottom}"/>`),
    `<line class="axis" x1="${middle}" x2="${middle}" y1="${first}" y2="${bottom}"/>`,
    `<line class="grid" x1="${left}" x2="${left + width}" y1="${bottom}" y2="${bottom}"/>`,
    ...[-tick, 0, tick].map(
      (value) =>
        `<text class="muted" x="${fixed(x(value))}" y="${bottom + 15}" text-anchor="middle" font-size="11">${value === 0 ? '0' : shortFigure(value)}</text>`,
    ),
    `<text class="muted" x="${left + 4}" y="${bottom + 32}" font-size="11">← A better</text>`,
    `<text class="muted" x="${left + width - 4}" y="${bottom + 32}" text-anchor="end" font-size="11">B better →</text>`,
    ...found.flatMap((mark, at) => drawMark(mark, first + at * ROW + 10, { x, left, middle, width })),
  ];
}

/** What stands in a row of a panel. */
type Mark =
  | { readonly kind: 'too small' }
  | {
      readonly kind: 'difference';
      readonly benefit: number;
      readonly low: number;
      readonly high: number;
      readonly verdict: Finding['verdict'];
      readonly isOverall: boolean;
    };

function markOf({ cells, findings, metric }: Panel, key: NonNullable<ForestRow['key']>): Mark | null {
  const isOwn = (each: Pick<ComparedCell, 'segmentation' | 'segment'>) =>
    each.segmentation === key.segmentation && each.segment === key.segment;
  const cell = cells.find(isOwn);
  if (cell === undefined) return null;
  const found = cell.metrics.find((each) => each.metric === metric);
  if (found === undefined) return { kind: 'too small' };
  const verdict = findings.find(isOwn)?.verdict ?? 'unclear';
  return { kind: 'difference', ...turned(found), verdict, isOverall: key.segment === null };
}

/** Above 0, B is better. */
function turned({ difference, interval: [low, high], lessIsBetter }: MetricComparison) {
  return lessIsBetter ? { benefit: -difference, low: -high, high: -low } : { benefit: difference, low, high };
}

function drawMark(
  mark: Mark | null,
  y: number,
  {
    x,
    left,
    middle,
    width,
  }: { readonly x: (value: number) => number; readonly left: number; readonly middle: number; readonly width: number },
): string[] {
  if (mark === null) return [];
  if (mark.kind === 'too small')
    return [`<text class="muted" x="${middle + 6}" y="${y + 4}" font-size="10" font-style="italic">too small</text>`];
  const style = mark.verdict === 'better' ? 's1' : mark.verdict === 'worse' ? 's0' : 'neutral';
  const [from, to] = [left + 2, left + width - 2];
  const cut = (value: number) => Math.min(to, Math.max(from, x(value)));
  const [low, high, centre] = [cut(mark.low), cut(mark.high), cut(mark.benefit)];
  const arrow = (at: number, way: 1 | -1) =>
    `<path class="${style} line" d="M${fixed(at - way * 5)} ${y - 4} L${fixed(at)} ${y} L${fixed(at - way * 5)} ${y + 4}"/>`;
  const marker = mark.isOverall
    ? `<polygon class="${style}" points="${fixed(centre)},${y - 6} ${fixed(centre + 6)},${y} ${fixed(centre)},${y + 6} ${fixed(centre - 6)},${y}"/>`
    : `<circle class="${style}" cx="${fixed(centre)}" cy="${y}" r="3.5"/>`;
  return [
    `<line class="${style} line" x1="${fixed(low)}" x2="${fixed(high)}" y1="${y}" y2="${y}"/>`,
    ...(x(mark.low) < from ? [arrow(low, -1)] : []),
    ...(x(mark.high) > to ? [arrow(high, 1)] : []),
    marker,
  ];
}

/** Half the width of a panel in the metric's unit. */
function reachOf(marks: readonly Extract<Mark, { kind: 'difference' }>[]): number {
  const size = ({ low, high }: { readonly low: number; readonly high: number }) => Math.max(Math.abs(low), Math.abs(high));
  const all = Math.max(0, ...marks.map(size));
  const overall = Math.max(0, ...marks.filter(({ isOverall }) => isOverall).map(size));
  const reach = overall > 0 ? Math.min(all, SCALE_CUT * overall) : all;
  return reach > 0 ? reach * 1.05 : 1;
}

/** The largest 1, 2 or 5 times a power of ten that is at most 85 % of the reach. */
function niceTick(reach: number): number {
  const most = reach * 0.85;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power;
}

function legend(x: number, y: number): string[] {
  const entries = [
    ['s1', 'B shown better'],
    ['s0', 'B shown worse'],
    ['neutral', 'not told apart'],
  ] as const;
  return entries.map(([style, text], at) => {
    const left = x + at * 140;
    return `<line class="${style} line" x1="${left}" x2="${left + 20}" y1="${y}" y2="${y}"/><circle class="${style}" cx="${left + 10}" cy="${y}" r="3.5"/><text class="muted" x="${left + 28}" y="${y + 4}">${text}</text>`;
  });
}

function shortFigure(value: number): string {
  const text = Math.abs(value) < 0.0001 ? Math.abs(value).toExponential(0) : String(Number(figure(Math.abs(value))));
  return `${value < 0 ? '−' : '+'}${text.replace(/^0\./, '.')}`;
}

function fitted(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}
