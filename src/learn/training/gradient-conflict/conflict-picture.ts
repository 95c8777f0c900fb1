import { join } from 'node:path';
import { writeFileAtomically } from '../../../base/atomic-file.ts';
import { taskPairs, type ConflictRecord } from './conflict-record.ts';

const size = { width: 720, left: 64, right: 24, lineHeight: 240, cell: 22, columnMax: 64 };
const colours = { axis: '#6b7280', grid: '#e5e7eb', zero: '#9ca3af', text: '#111827', none: '#f3f4f6' };
/** Distinct in hue and in lightness; more pairs than these are drawn in the heat map alone. */
const lineColours = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];

/** What the picture shows, folded from the records. */
interface Shown {
  readonly pairs: readonly string[];
  readonly steps: readonly number[];
  /** By pair, then by record. */
  readonly lines: readonly (readonly (number | null)[])[];
  readonly layers: readonly string[];
  /** By layer, then by pair: means over the records. */
  readonly cells: readonly (readonly (number | null)[])[];
}

/** Draws a run's records as `gradient-conflict.svg`; nothing where there are none. See {@link conflictPicture}. */
export async function writeConflictPicture(folder: string, records: readonly ConflictRecord[]): Promise<void> {
  if (records.length > 0) await writeFileAtomically(join(folder, 'gradient-conflict.svg'), [conflictPicture(records)]);
}

/**
 * Draws a run's records as an SVG: cosines of the tasks' gradients over the steps, for the eight pairs that disagree most,
 * and a heat map of the mean cosine by layer and pair, red where tasks pull against each other.
 *
 * @param records of one run, oldest first, all with the same tasks and layers
 */
export function conflictPicture(records: readonly ConflictRecord[]): string {
  const shown = fold(records);
  const lines = linesOf(shown);
  const heat = heatMapOf(shown, lines.bottom);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${heat.bottom}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${size.width}" height="${heat.bottom}" fill="#ffffff"/>`,
    ...lines.parts,
    ...heat.parts,
    '</svg>\n',
  ].join('\n');
}

function fold(records: readonly ConflictRecord[]): Shown {
  const [first] = records;
  const tasks = first?.tasks ?? [];
  const pairs = taskPairs(tasks.length).map(([i, j]) => `${tasks[i]} · ${tasks[j]}`);
  const layers = Object.keys(first?.layers ?? {});
  return {
    pairs,
    steps: thin(records.map(({ step }) => step)),
    lines: pairs.map((_, pair) => thin(smooth(records.map(({ cosines }) => cosines[pair]!)))),
    layers,
    cells: layers.map((layer) => pairs.map((_, pair) => mean(records.map((record) => record.layers[layer]![pair]!)))),
  };
}

function linesOf({ pairs, steps, lines }: Shown): { parts: string[]; bottom: number } {
  const [top, bottom] = [36, 36 + size.lineHeight];
  const lastStep = Math.max(1, steps.at(-1) ?? 1);
  const x = (step: number) => size.left + (step / lastStep) * (size.width - size.left - size.right);
  const largest = lines.reduce((most, line) => line.reduce((a: number, value) => Math.max(a, Math.abs(value ?? 0)), most), 0);
  const limit = [0.1, 0.2, 0.5].find((bound) => bound >= largest) ?? 1;
  const y = (cosine: number) => top + ((1 - cosine / limit) / 2) * size.lineHeight;
  const chosen = pairs
    .map((name, pair) => ({ name, pair, mean: mean(lines[pair]!) ?? 1 }))
    .sort((a, b) => a.mean - b.mean)
    .slice(0, lineColours.length);
  const parts = [
    `<text x="${size.left}" y="20" fill="${colours.text}">cosine of the tasks’ gradients of the shared parameters</text>`,
    ...[-1, -0.5, 0, 0.5, 1].map((share) => {
      const tick = share * limit;
      const at = y(tick).toFixed(1);
      return `<line x1="${size.left}" x2="${size.width - size.right}" y1="${at}" y2="${at}" stroke="${tick === 0 ? colours.zero : colours.grid}"/><text x="${size.left - 8}" y="${at}" dy="4" text-anchor="end" fill="${colours.axis}">${signed(tick, 2)}</text>`;
    }),
    ...[0, 0.25, 0.5, 0.75, 1].map((share) => {
      const step = Math.round(share * lastStep);
      return `<text x="${x(step).toFixed(1)}" y="${bottom + 18}" text-anchor="middle" fill="${colours.axis}">${step}</text>`;
    }),
    `<text x="${(size.left + size.width - size.right) / 2}" y="${bottom + 34}" text-anchor="middle" fill="${colours.axis}">step</text>`,
    ...chosen.flatMap(({ pair }, at) => runsOf(steps, lines[pair]!).map((run) => polyline(run, x, y, lineColours[at]!))),
  ];
  const columns = 3;
  const columnWidth = (size.width - size.left - size.right) / columns;
  chosen.forEach(({ name, mean: value }, at) => {
    const [left, line] = [size.left + (at % columns) * columnWidth, bottom + 58 + Math.floor(at / columns) * 18];
    parts.push(
      `<line x1="${left}" x2="${left + 18}" y1="${line - 4}" y2="${line - 4}" stroke="${lineColours[at]}" stroke-width="2"/>` +
        `<text x="${left + 24}" y="${line}" fill="${colours.text}">${escape(shorten(name, 26))} ${signed(value, 2)}</text>`,
    );
  });
  const rows = Math.ceil(chosen.length / columns);
  if (pairs.length > chosen.length)
    parts.push(
      `<text x="${size.left}" y="${bottom + 58 + rows * 18}" fill="${colours.axis}">and ${pairs.length - chosen.length} pairs that agree more</text>`,
    );
  return { parts, bottom: bottom + 64 + (rows + (pairs.length > chosen.length ? 1 : 0)) * 18 };
}

function heatMapOf({ pairs, layers, cells }: Shown, from: number): { parts: string[]; bottom: number } {
  const labelWidth = Math.min(240, 16 + 7 * Math.max(0, ...layers.map((name) => Math.min(name.length, 32))));
  const left = Math.max(size.left, labelWidth);
  const column = Math.min(size.columnMax, (size.width - left - size.right - 60) / Math.max(1, pairs.length));
  // Names stand slanted over their columns, and need room that grows with the longest.
  const header = 28 + Math.ceil(4.4 * Math.max(0, ...pairs.map((name) => Math.min(name.length, 30))));
  const top = from + 20 + header;
  const parts = [`<text x="${size.left}" y="${from + 16}" fill="${colours.text}">mean cosine by layer</text>`];
  pairs.forEach((name, pair) => {
    const [x, y] = [left + (pair + 0.5) * column, top - 6];
    parts.push(`<text transform="translate(${x.toFixed(1)} ${y}) rotate(-40)" fill="${colours.text}">${escape(shorten(name, 30))}</text>`);
  });
  layers.forEach((name, layer) => {
    const y = top + layer * size.cell;
    parts.push(
      `<text x="${left - 8}" y="${y + size.cell / 2}" dy="4" text-anchor="end" fill="${colours.text}">${escape(shorten(name, 32))}</text>`,
    );
    cells[layer]!.forEach((value, pair) => {
      const x = left + pair * column;
      parts.push(
        `<rect x="${x.toFixed(1)}" y="${y}" width="${(column - 1).toFixed(1)}" height="${size.cell - 1}" stroke="${colours.grid}" fill="${value === null ? colours.none : heatColour(value)}"/>`,
      );
      if (value !== null && column >= 32)
        parts.push(
          `<text x="${(x + column / 2).toFixed(1)}" y="${y + size.cell / 2}" dy="4" text-anchor="middle" font-size="11" fill="${Math.abs(value) > 0.6 ? '#ffffff' : colours.text}">${signed(value, 2)}</text>`,
        );
    });
  });
  const bottom = top + layers.length * size.cell;
  const scaleLeft = left;
  for (let at = 0; at <= 20; at++) {
    parts.push(`<rect x="${scaleLeft + at * 6}" y="${bottom + 14}" width="6" height="10" fill="${heatColour(at / 10 - 1)}"/>`);
  }
  parts.push(
    `<text x="${scaleLeft}" y="${bottom + 38}" fill="${colours.axis}">−1 against</text>`,
    `<text x="${scaleLeft + 126}" y="${bottom + 38}" text-anchor="end" fill="${colours.axis}">+1</text>`,
    `<text x="${scaleLeft + 140}" y="${bottom + 23}" fill="${colours.axis}">grey: a task has no gradient there</text>`,
  );
  return { parts, bottom: bottom + 52 };
}

/** Red at −1, white at 0, blue at 1. */
function heatColour(value: number): string {
  const share = Math.min(1, Math.abs(value));
  const [red, green, blue] = value < 0 ? [220, 38, 38] : [37, 99, 235];
  const mix = (to: number) => Math.round(255 + (to - 255) * share);
  return `rgb(${mix(red!)},${mix(green!)},${mix(blue!)})`;
}

/** Unbroken stretches of a line that has gaps. */
function runsOf(steps: readonly number[], values: readonly (number | null)[]): (readonly [number, number])[][] {
  const runs: (readonly [number, number])[][] = [[]];
  values.forEach((value, at) => {
    if (value === null) runs.push([]);
    else runs.at(-1)!.push([steps[at]!, value]);
  });
  return runs.filter((run) => run.length > 0);
}

function polyline(
  points: readonly (readonly [number, number])[],
  x: (step: number) => number,
  y: (cosine: number) => number,
  colour: string,
): string {
  const path = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5" stroke-linejoin="round"/>`;
}

/** A running mean over 1/25 of the run, so that the trend shows through the noise of single batches. */
function smooth(values: readonly (number | null)[]): (number | null)[] {
  const radius = Math.floor(values.length / 50);
  return values.map((value, at) => (value === null ? null : mean(values.slice(Math.max(0, at - radius), at + radius + 1))));
}

/** At most about 600 of the points, as many as there are pixels; the last always. */
function thin<Value>(values: readonly Value[]): Value[] {
  const every = Math.max(1, Math.floor(values.length / 600));
  return values.filter((_, at) => (values.length - 1 - at) % every === 0);
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0) / known.length;
}

/** With a minus sign where the rounded number has one, and none at zero. */
function signed(value: number, digits: number): string {
  const text = Number(value.toFixed(digits));
  return text < 0 ? `−${(-text).toFixed(digits)}` : Math.abs(text).toFixed(digits);
}

function shorten(name: string, length: number): string {
  return name.length <= length ? name : `${name.slice(0, length - 1)}…`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
