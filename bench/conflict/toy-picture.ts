import { contourSegments } from './contour-lines.ts';
import type { Descent } from './descend.ts';
import { paretoSet, type Point } from './pareto-front.ts';
import { toyValues } from './toy-problem.ts';

const panel = { side: 220, gap: 16, top: 54, left: 34, columns: 4 };
const limit = 11;
const colours = {
  contour: '#cbd5e1',
  front: '#6b7280',
  start: '#111827',
  reached: '#2563eb',
  missed: '#dc2626',
  text: '#111827',
  axis: '#6b7280',
};
const levels = [-16, -14, -12, -10, -8, -6, -4, -2, 0, 2, 4, 6];

/**
 * The ways of every strategy over the contours of the mean loss, one panel a strategy: blue where the end lies on the Pareto
 * set (grey), red where it does not.
 *
 * @param reaches whether a descent's end lies on the set
 */
export function toyPicture(title: string, descents: readonly Descent[], reaches: (descent: Descent) => boolean): string {
  const strategies = [...new Set(descents.map(({ strategy }) => strategy))];
  const rows = Math.ceil(strategies.length / panel.columns);
  const columns = Math.min(panel.columns, strategies.length);
  const width = panel.left + columns * (panel.side + panel.gap) + 8;
  const height = panel.top + rows * (panel.side + panel.gap + 24) + 20;
  const contours = contourPath();
  const panels = strategies.map((strategy, at) => {
    const left = panel.left + (at % columns) * (panel.side + panel.gap);
    const top = panel.top + Math.floor(at / columns) * (panel.side + panel.gap + 24);
    const own = descents.filter((descent) => descent.strategy === strategy);
    const reached = own.filter(reaches).length;
    return [
      `<g transform="translate(${left} ${top})">`,
      `<text x="0" y="-7" fill="${colours.text}" font-weight="600">${strategy}</text>`,
      `<text x="${panel.side}" y="-7" text-anchor="end" fill="${reached === own.length ? colours.reached : colours.missed}">${reached} of ${own.length} reach the front</text>`,
      `<rect width="${panel.side}" height="${panel.side}" fill="#ffffff" stroke="#e5e7eb"/>`,
      '<use href="#contours"/>',
      line(paretoSet, colours.front, 5, 0.75),
      ...own.map((descent) => line(descent.path, reaches(descent) ? colours.reached : colours.missed, 1.6, 1)),
      ...own.map(({ start }) => `<circle cx="${place(start[0])}" cy="${place(-start[1])}" r="3.5" fill="${colours.start}"/>`),
      ...own.map((descent) => {
        const colour = reaches(descent) ? colours.reached : colours.missed;
        return `<circle cx="${place(descent.end[0])}" cy="${place(-descent.end[1])}" r="4" fill="#ffffff" stroke="${colour}" stroke-width="2"/>`;
      }),
      ...(at % columns === 0
        ? [-10, 0, 10].map((tick) => `<text x="-6" y="${place(-tick)}" dy="4" text-anchor="end" fill="${colours.axis}">${tick}</text>`)
        : []),
      ...[-10, 0, 10].map(
        (tick) => `<text x="${place(tick)}" y="${panel.side + 15}" text-anchor="middle" fill="${colours.axis}">${tick}</text>`,
      ),
      '</g>',
    ].join('\n');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${panel.left}" y="20" fill="${colours.text}" font-size="14">${title}</text>`,
    `<defs>${contours}</defs>`,
    ...panels,
    `<text x="${panel.left}" y="${height - 8}" fill="${colours.axis}">contours: mean of the two losses · grey band: Pareto set · black: starts · rings: ends</text>`,
    '</svg>\n',
  ].join('\n');
}

function place(value: number): string {
  return (((value + limit) / (2 * limit)) * panel.side).toFixed(1);
}

function line(points: readonly Point[], colour: string, width: number, opacity: number): string {
  const path = spaced(points)
    .map(([x1, x2]) => `${place(x1)},${place(-x2)}`)
    .join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-opacity="${opacity}" stroke-linejoin="round" stroke-linecap="round"/>`;
}

/** Points that are at least a pixel apart, and the last. */
function spaced(points: readonly Point[]): Point[] {
  const apart = (2 * limit) / panel.side;
  const kept: Point[] = [];
  points.forEach((point, at) => {
    const last = kept.at(-1);
    if (last === undefined || at === points.length - 1 || Math.hypot(point[0] - last[0], point[1] - last[1]) >= apart) kept.push(point);
  });
  return kept;
}

function contourPath(): string {
  const mean = (x1: number, x2: number) => {
    const [first, second] = toyValues(x1, x2);
    return 0.5 * (first + second);
  };
  const parts = levels.flatMap((level) =>
    contourSegments(mean, limit, 72, level).map(([from, to]) => `M${place(from[0])},${place(-from[1])}L${place(to[0])},${place(-to[1])}`),
  );
  return `<path id="contours" d="${parts.join('')}" fill="none" stroke="${colours.contour}" stroke-width="0.8"/>`;
}
