import { diagramStyle, escapeXml, seriesMarker } from '../calibration/diagram-style.ts';
import { seriesMarks } from '../calibration/reliability-diagram.ts';
import type { ComparedReliability, Comparison } from './comparison.ts';
import { figure } from './comparison-words.ts';

const SIDE = 208;
const LEFT = 52;
const PANEL_WIDTH = LEFT + SIDE + 20;
const PANEL_HEIGHT = 56 + SIDE + 40;
const HEAD = 88;

/**
 * Reliability of both models, a panel a task side by side: the share that came true over the mean probability of each bin, with Wilson intervals and
 * the diagonal of perfect calibration. Axes end where the task's points do, so that rare events fill their panel. It reads on light and on dark
 * paper. A pure function.
 *
 * @returns null where no task has probabilities
 */
export function calibrationPanels(comparison: Comparison): string | null {
  const { reliability, first, second } = comparison;
  if (reliability.length === 0) return null;
  const across = Math.min(3, reliability.length);
  const width = Math.max(420, 12 + across * PANEL_WIDTH);
  const height = HEAD + Math.ceil(reliability.length / across) * PANEL_HEIGHT + 8;
  const title = 'Calibration: share that came true over predicted probability';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="panels" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${title}">`,
    diagramStyle('panels'),
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text x="24" y="28" font-size="15" font-weight="600">${across === 1 ? 'Calibration' : title}</text>`,
    ...[first, second].map(({ name }, at) => legendEntry(at, 24, 50 + 20 * at, `${at === 0 ? 'A' : 'B'}: ${name}`, width)),
    ...reliability.flatMap((task, at) =>
      panelOf(task, comparison, 12 + (at % across) * PANEL_WIDTH, HEAD + Math.floor(at / across) * PANEL_HEIGHT),
    ),
    '</svg>\n',
  ].join('\n');
}

/** The end of both axes: the smallest of 1, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.08 … that holds all points. */
function panelReach(bins: ComparedReliability['first']): number {
  const largest = Math.max(...bins.flatMap(({ meanProbability, meanLabel }) => [meanProbability, meanLabel]));
  let reach = 1;
  for (const power of [1, 0.1, 0.01, 0.001]) {
    for (const step of [1, 0.8, 0.6, 0.4, 0.3, 0.2]) if (largest <= step * power) reach = step * power;
  }
  return reach;
}

function legendEntry(at: number, x: number, y: number, text: string, width: number): string {
  const most = Math.floor((width - x - 56) / 6.6);
  const shown = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return `<line class="s${at} line" x1="${x}" x2="${x + 24}" y1="${y}" y2="${y}"/>${seriesMarker(at, x + 12, y)}<text x="${x + 32}" y="${y + 4}">${escapeXml(shown)}</text>`;
}

function panelOf({ task, first, second }: ComparedReliability, { cells }: Comparison, left: number, top: number): string[] {
  const reach = panelReach([...first, ...second]);
  const [start, head, bottom] = [left + LEFT, top + 48, top + 48 + SIDE];
  const x = (value: number) => start + (Math.min(value, reach) / reach) * SIDE;
  const y = (value: number) => bottom - (Math.min(value, reach) / reach) * SIDE;
  const error = cells.find((cell) => cell.task === task && cell.segment === null)?.metrics.find(({ metric }) => metric === 'debiased ECE');
  const told = error === undefined ? '' : `debiased ECE: A ${figure(error.first.value)}, B ${figure(error.second.value)}`;
  const ticks = [0, 0.5, 1].map((share) => share * reach);
  return [
    `<text x="${start}" y="${top + 18}" font-weight="600">${escapeXml(task.length > 30 ? `${task.slice(0, 29)}…` : task)}</text>`,
    `<text class="muted" x="${start}" y="${top + 35}" font-size="11">${told}</text>`,
    ...ticks.flatMap((value) => {
      const [across, up] = [x(value).toFixed(1), y(value).toFixed(1)];
      const label = String(Number(value.toPrecision(3)));
      return [
        `<line class="grid" x1="${start}" x2="${start + SIDE}" y1="${up}" y2="${up}"/>`,
        `<line class="grid" x1="${across}" x2="${across}" y1="${head}" y2="${bottom}"/>`,
        `<text class="muted" x="${start - 6}" y="${up}" dy="4" text-anchor="end" font-size="11">${label}</text>`,
        `<text class="muted" x="${across}" y="${bottom + 16}" text-anchor="middle" font-size="11">${label}</text>`,
      ];
    }),
    `<line class="axis" x1="${x(0)}" y1="${y(0)}" x2="${x(reach)}" y2="${y(reach)}" stroke-dasharray="5 4"/>`,
    ...[first, second].flatMap((bins, at) => seriesMarks(at, bins, x, y)),
  ];
}
