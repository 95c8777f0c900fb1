import { optionError } from './calibration-error.ts';
import { diagramStyle, escapeXml, seriesMarker, SERIES_MAX } from './diagram-style.ts';
import { expectedCalibrationError } from './expected-calibration-error.ts';
import type { ReliabilityBin } from './score-bins.ts';

/** One line of the diagram. */
export interface ReliabilitySeries {
  /** In the legend, with its ECE over these bins. */
  readonly name: string;
  /** From `binScores` or `measureCalibration`; at least one. */
  readonly bins: readonly ReliabilityBin[];
}

/** What stands around the lines. */
export interface DiagramOptions {
  /** @default 'Reliability' */
  readonly title?: string;
  /** @default 'mean predicted probability' */
  readonly xLabel?: string;
  /** @default 'share that came true' */
  readonly yLabel?: string;
}

const WIDTH = 560;
const LEFT = 68;
const SIDE = 460;
const HISTOGRAM_HEIGHT = 84;
const CELLS = 40;
/** Half the width of a 95 % interval, in standard deviations. */
const Z = 1.96;

/**
 * A reliability diagram as SVG: mean label over mean probability of each bin, with the 95 % Wilson interval of the mean label, the
 * diagonal of perfect calibration, and below how the scores are spread. Several series (before and after) share it, told apart by
 * colour and marker. It reads on light and on dark paper, following the reader's system.
 *
 * Both axes go to 1, or where all points are lower to the next of 0.5, 0.2, 0.1, 0.05 …, so that rare events fill the picture. A pure
 * function: the same bins, the same bytes.
 *
 * @param series from 1 to 6
 * @throws CalibrationError `CALIBRATION_OPTION` when there is no series, too many, or one without bins
 */
export function reliabilityDiagram(series: readonly ReliabilitySeries[], options: DiagramOptions = {}): string {
  const { title = 'Reliability', xLabel = 'mean predicted probability', yLabel = 'share that came true' } = options;
  if (series.length < 1 || series.length > SERIES_MAX) throw optionError('the number of series', series.length, `from 1 to ${SERIES_MAX}`);
  const empty = series.find(({ bins }) => bins.length === 0);
  if (empty !== undefined) throw optionError(`the number of bins of ${empty.name}`, 0, 'at least one');

  const reach = axisReach(series.flatMap(({ bins }) => bins));
  const top = 44 + 20 * series.length + 12;
  const bottom = top + SIDE;
  const histogramTop = bottom + 24;
  const histogramBottom = histogramTop + HISTOGRAM_HEIGHT;
  const height = histogramBottom + 50;
  const x = (value: number) => LEFT + (Math.min(value, reach) / reach) * SIDE;
  const y = (value: number) => bottom - (Math.min(value, reach) / reach) * SIDE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="reliability" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="${escapeXml(title)}">`,
    diagramStyle(),
    `<rect class="paper" width="${WIDTH}" height="${height}"/>`,
    `<text x="${LEFT}" y="28" font-size="15" font-weight="600">${escapeXml(title)}</text>`,
    ...series.map(({ name, bins }, at) => legendRow(at, 50 + 20 * at, name, expectedCalibrationError(bins))),
    ...gridLines(reach, x, y, { top, bottom, histogramBottom }),
    `<line class="axis" x1="${x(0)}" y1="${y(0)}" x2="${x(reach)}" y2="${y(reach)}" stroke-dasharray="5 4"/>`,
    ...histogram(series, reach, histogramTop, histogramBottom),
    ...series.flatMap(({ bins }, at) => seriesMarks(at, bins, x, y)),
    `<text x="${LEFT + SIDE / 2}" y="${histogramBottom + 38}" text-anchor="middle">${escapeXml(xLabel)}</text>`,
    `<text transform="translate(18 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yLabel)}</text>`,
    `<text transform="translate(18 ${(histogramTop + histogramBottom) / 2}) rotate(-90)" text-anchor="middle">scores</text>`,
    '</svg>\n',
  ].join('\n');
}

/** The end of both axes: 1, 0.5, 0.2, 0.1, 0.05 … the smallest that holds all points. */
function axisReach(bins: readonly ReliabilityBin[]): number {
  const largest = Math.max(...bins.flatMap((bin) => [bin.meanProbability, bin.meanLabel]));
  let reach = 1;
  for (const candidate of [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]) if (largest <= candidate) reach = candidate;
  return reach;
}

function legendRow(at: number, y: number, name: string, ece: number): string {
  const line = `<line class="s${at} line" x1="${LEFT}" x2="${LEFT + 24}" y1="${y}" y2="${y}"/>`;
  const text = `<text x="${LEFT + 32}" y="${y + 4}">${escapeXml(name)} <tspan class="muted">ECE ${(100 * ece).toFixed(2)} %</tspan></text>`;
  return line + seriesMarker(at, LEFT + 12, y) + text;
}

function gridLines(
  reach: number,
  x: (value: number) => number,
  y: (value: number) => number,
  { top, bottom, histogramBottom }: { readonly top: number; readonly bottom: number; readonly histogramBottom: number },
): string[] {
  return [0, 1, 2, 3, 4, 5].flatMap((at) => {
    const value = (at * reach) / 5;
    const label = String(Number(value.toPrecision(3)));
    const [across, up] = [x(value).toFixed(1), y(value).toFixed(1)];
    return [
      `<line class="grid" x1="${LEFT}" x2="${LEFT + SIDE}" y1="${up}" y2="${up}"/>`,
      `<line class="grid" x1="${across}" x2="${across}" y1="${top}" y2="${bottom}"/>`,
      `<text class="muted" x="${LEFT - 8}" y="${up}" dy="4" text-anchor="end">${label}</text>`,
      `<text class="muted" x="${across}" y="${histogramBottom + 18}" text-anchor="middle">${label}</text>`,
    ];
  });
}

/** The line of a series through its bins, a marker on each, and the Wilson interval of each bin's mean label. */
export function seriesMarks(
  at: number,
  bins: readonly ReliabilityBin[],
  x: (value: number) => number,
  y: (value: number) => number,
): string[] {
  const path = bins.map(({ meanProbability, meanLabel }) => `${x(meanProbability).toFixed(1)},${y(meanLabel).toFixed(1)}`).join(' ');
  return [
    ...bins.map((bin) => {
      const [low, high] = wilsonInterval(bin);
      const across = x(bin.meanProbability).toFixed(1);
      return `<line class="s${at} whisker" x1="${across}" x2="${across}" y1="${y(low).toFixed(1)}" y2="${y(high).toFixed(1)}"/>`;
    }),
    `<polyline class="s${at} line" points="${path}"/>`,
    ...bins.map(({ meanProbability, meanLabel }) => seriesMarker(at, x(meanProbability), y(meanLabel))),
  ];
}

/** E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). */
function wilsonInterval({ meanLabel, effectiveCount: n }: ReliabilityBin): readonly [number, number] {
  const centre = (meanLabel + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n);
  const reach = (Z / (1 + (Z * Z) / n)) * Math.sqrt((meanLabel * (1 - meanLabel)) / n + (Z * Z) / (4 * n * n));
  return [Math.max(0, centre - reach), Math.min(1, centre + reach)];
}

/** How the weight is spread over the axis: outlines of equal cells, scaled to the fullest; and how much lies beyond it. */
function histogram(series: readonly ReliabilitySeries[], reach: number, top: number, bottom: number): string[] {
  const shares = series.map(({ bins }) => cellShares(bins, reach));
  const fullest = Math.max(...shares.flat());
  const beyond = Math.max(...shares.map((cells) => 1 - cells.reduce((sum, share) => sum + share, 0)));
  const width = SIDE / CELLS;
  const outlines = shares.map((cells, at) => {
    const steps = cells.map((share, cell) => {
      const y = (bottom - (share / fullest) * (bottom - top)).toFixed(1);
      return `V${y} H${(LEFT + (cell + 1) * width).toFixed(1)}`;
    });
    return `<path class="s${at} area" d="M${LEFT} ${bottom} ${steps.join(' ')} V${bottom} Z"/>`;
  });
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  return [
    `<line class="grid" x1="${LEFT}" x2="${LEFT + SIDE}" y1="${top}" y2="${top}"/>`,
    `<text class="muted" x="${LEFT - 8}" y="${top}" dy="4" text-anchor="end">${percent(fullest)}</text>`,
    ...outlines,
    `<line class="axis" x1="${LEFT}" x2="${LEFT + SIDE}" y1="${bottom}" y2="${bottom}"/>`,
    ...(beyond < 0.0005
      ? []
      : [`<text class="muted" x="${LEFT + SIDE}" y="${top + 16}" text-anchor="end">${percent(beyond)} beyond ${reach}</text>`]),
  ];
}

/**
 * The share of the weight in each cell of the axis. Of a bin lowest, mean and highest score are known: its weight is spread evenly from
 * lowest to mean and from mean to highest, in the shares that keep the mean.
 */
function cellShares(bins: readonly ReliabilityBin[], reach: number): number[] {
  const cells = new Array<number>(CELLS).fill(0);
  const totalWeight = bins.reduce((sum, { weight }) => sum + weight, 0);
  const spread = (from: number, to: number, share: number) => {
    if (!(to > from)) {
      const cell = Math.min(CELLS - 1, Math.floor((from / reach) * CELLS));
      if (from <= reach) cells[cell]! += share;
      return;
    }
    for (let cell = 0; cell < CELLS; cell++) {
      const overlap = Math.min(to, ((cell + 1) * reach) / CELLS) - Math.max(from, (cell * reach) / CELLS);
      if (overlap > 0) cells[cell]! += (share * overlap) / (to - from);
    }
  };
  for (const { lowest, highest, meanProbability, weight } of bins) {
    const share = weight / totalWeight;
    // The mean of equal scores may be rounded out of their range.
    const mean = Math.min(highest, Math.max(lowest, meanProbability));
    const below = highest > lowest ? (highest - mean) / (highest - lowest) : 1;
    if (below > 0) spread(lowest, mean, share * below);
    if (below < 1) spread(mean, highest, share * (1 - below));
  }
  return cells;
}
