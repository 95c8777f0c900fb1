import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { MetricsLine } from './metrics-log.ts';

const size = { width: 720, height: 360, left: 64, right: 64, top: 36, bottom: 44 };
const colours = { loss: '#2563eb', metric: '#dc2626', axis: '#6b7280', grid: '#e5e7eb', text: '#111827' };

interface Series {
  readonly points: readonly (readonly [step: number, value: number])[];
  readonly colour: string;
}

/** Which figure of a validation is drawn. */
export interface CurveMetric<Figures extends object> {
  readonly name: string;
  of(figures: Figures): number;
}

/** Draws the run's loss and a validation metric over its steps as `training-curve.svg`. */
export async function writeTrainingCurve<Figures extends object>(
  folder: string,
  lines: readonly MetricsLine<Figures>[],
  metric: CurveMetric<Figures>,
): Promise<void> {
  await writeFileAtomically(join(folder, 'training-curve.svg'), [trainingCurve(lines, metric)]);
}

/** The picture itself: loss (left axis, blue), the validation metric (right axis, red), the best marked. */
export function trainingCurve<Figures extends object>(lines: readonly MetricsLine<Figures>[], drawn: CurveMetric<Figures>): string {
  const loss: Series = {
    colour: colours.loss,
    points: smooth(lines.flatMap((line) => (line.kind === 'step' ? [[line.step, line.loss] as const] : []))),
  };
  const metric: Series = {
    colour: colours.metric,
    points: lines.flatMap((line) => (line.kind === 'validation' ? [[line.step, drawn.of(line)] as const] : [])),
  };
  const lastStep = Math.max(1, ...[...loss.points, ...metric.points].map(([step]) => step));
  const x = (step: number) => size.left + (step / lastStep) * (size.width - size.left - size.right);
  const left = scaleOf(loss.points.map(([, value]) => value));
  const right = scaleOf(metric.points.map(([, value]) => value));
  const best = metric.points.reduce<readonly [number, number] | null>(
    (top, point) => (top === null || point[1] > top[1] ? point : top),
    null,
  );
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${size.height}" fill="#ffffff"/>`,
    `<text x="${size.left}" y="20" fill="${colours.loss}">training loss</text>`,
    `<text x="${size.width - size.right}" y="20" fill="${colours.metric}" text-anchor="end">validation ${drawn.name}${best === null ? '' : ` (best ${best[1].toFixed(4)})`}</text>`,
    ...left.ticks.map((tick) => {
      const y = left.place(tick).toFixed(1);
      return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y}" y2="${y}" stroke="${colours.grid}"/><text x="${size.left - 8}" y="${y}" dy="4" text-anchor="end" fill="${colours.axis}">${label(tick)}</text>`;
    }),
    ...right.ticks.map(
      (tick) =>
        `<text x="${size.width - size.right + 8}" y="${right.place(tick).toFixed(1)}" dy="4" fill="${colours.axis}">${label(tick)}</text>`,
    ),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => {
      const step = Math.round(share * lastStep);
      return `<text x="${x(step).toFixed(1)}" y="${size.height - size.bottom + 18}" text-anchor="middle" fill="${colours.axis}">${step}</text>`;
    }),
    `<text x="${size.width / 2}" y="${size.height - 8}" text-anchor="middle" fill="${colours.axis}">step</text>`,
    polyline(loss, x, left.place),
    polyline(metric, x, right.place),
    best === null ? '' : `<circle cx="${x(best[0]).toFixed(1)}" cy="${right.place(best[1]).toFixed(1)}" r="4" fill="${colours.metric}"/>`,
    '</svg>\n',
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function polyline({ points, colour }: Series, x: (step: number) => number, y: (value: number) => number): string {
  if (points.length === 0) return '';
  const path = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/>`;
}

/** A vertical scale that holds the values, with round ticks. */
function scaleOf(values: readonly number[]): { place: (value: number) => number; ticks: number[] } {
  const [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const step = niceStep((high - low || Math.abs(high) || 1) / 5);
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step || step];
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  const height = size.height - size.top - size.bottom;
  return { ticks, place: (value) => size.height - size.bottom - ((value - from) / (to - from || 1)) * height };
}

function niceStep(rough: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((step) => step >= rough)!;
}

function label(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A running mean over 1/50 of the run, so that the trend shows through the noise of single batches. */
function smooth(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const radius = Math.floor(points.length / 100);
  return points.map(([step], at) => {
    const near = points.slice(Math.max(0, at - radius), at + radius + 1);
    return [step, near.reduce((total, [, value]) => total + value, 0) / near.length] as const;
  });
}
