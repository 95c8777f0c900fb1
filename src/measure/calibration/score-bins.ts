import { binOf, equalMassEdges, equalWidthEdges, valueMass } from './bin-edges.ts';
import { optionError } from './calibration-error.ts';
import { checkLabelledScores, type CheckedScores, type LabelledScores } from './labelled-scores.ts';
import { probabilitiesOf } from './score-input.ts';

/** How probabilities are put into bins. */
export interface BinningOptions {
  /** Bins of equal width over [0, 1], or of equal weight of examples. @default 'equal-mass' */
  readonly binning?: 'equal-width' | 'equal-mass';
  /**
   * How many, from 1 to 1000; `monotone`: as many as there can be while the mean label still rises from bin to bin, up to 100 (Roelofs,
   * Cain, Shlens & Mozer, "Mitigating bias in calibration error estimation", AISTATS 2022: ECE-sweep), so few examples get few bins.
   * Empty bins are left out. @default 15
   */
  readonly bins?: number | 'monotone';
}

/** One bin that holds examples. */
export interface ReliabilityBin {
  /** Its edges: above `low` (the first bin: from it), up to and with `high`. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly weight: number;
  readonly meanProbability: number;
  readonly meanLabel: number;
  /** (Σ w)² / Σ w²: how many examples of equal weight would tell as much; `count` without weights. */
  readonly effectiveCount: number;
  /** The lowest and the highest probability in it. */
  readonly lowest: number;
  readonly highest: number;
}

const BINS_MAX = 1000;
const MONOTONE_BINS_MAX = 100;

/**
 * Puts examples into bins by their probability: the ground of ECE and of the reliability diagram. O(n log n).
 *
 * @returns ascending; only bins with weight
 * @throws CalibrationError `CALIBRATION_OPTION`; else as `checkLabelledScores`
 */
export function binScores(examples: LabelledScores, options: BinningOptions = {}): readonly ReliabilityBin[] {
  const checked = checkLabelledScores(examples);
  return fillBins(checked, probabilitiesOf(checked.scores, checked.input), binEdges(checked, options));
}

/** Inner edges over probabilities, as {@link BinningOptions} says. */
export function binEdges(examples: CheckedScores, { binning = 'equal-mass', bins = 15 }: BinningOptions): readonly number[] {
  if (binning !== 'equal-mass' && binning !== 'equal-width') throw optionError('binning', binning, "'equal-width' or 'equal-mass'");
  if (bins !== 'monotone' && !(Number.isInteger(bins) && bins >= 1 && bins <= BINS_MAX)) {
    throw optionError('bins', bins, `a whole number from 1 to ${BINS_MAX}, or 'monotone'`);
  }
  if (binning === 'equal-width' && bins !== 'monotone') return equalWidthEdges(bins);
  const probabilities = probabilitiesOf(examples.scores, examples.input);
  const mass = valueMass(probabilities, examples.weights);
  const edgesOf = (count: number) => (binning === 'equal-width' ? equalWidthEdges(count) : equalMassEdges(mass, count));
  if (bins !== 'monotone') return edgesOf(bins);
  let kept = edgesOf(1);
  for (let count = 2; count <= MONOTONE_BINS_MAX; count++) {
    const edges = edgesOf(count);
    const filled = fillBins(examples, probabilities, edges);
    if (filled.some(({ meanLabel }, at) => at > 0 && meanLabel < filled[at - 1]!.meanLabel)) break;
    kept = edges;
  }
  return kept;
}

/** The bins that hold weight. */
export function fillBins(
  { labels, weights }: CheckedScores,
  probabilities: Float64Array,
  edges: readonly number[],
): readonly ReliabilityBin[] {
  const size = edges.length + 1;
  const count = new Int32Array(size);
  const lowest = new Float64Array(size).fill(Infinity);
  const highest = new Float64Array(size).fill(-Infinity);
  const [weight, squares, probability, label] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let at = 0; at < probabilities.length; at++) {
    const bin = binOf(edges, probabilities[at]!);
    const own = weights[at]!;
    if (own === 0) continue;
    count[bin]!++;
    lowest[bin] = Math.min(lowest[bin]!, probabilities[at]!);
    highest[bin] = Math.max(highest[bin]!, probabilities[at]!);
    weight[bin]! += own;
    squares[bin]! += own * own;
    probability[bin]! += own * probabilities[at]!;
    label[bin]! += own * labels[at]!;
  }
  const bins: ReliabilityBin[] = [];
  for (let bin = 0; bin < size; bin++) {
    const total = weight[bin]!;
    if (count[bin] === 0) continue;
    bins.push({
      low: bin === 0 ? 0 : edges[bin - 1]!,
      high: bin === size - 1 ? 1 : edges[bin]!,
      count: count[bin]!,
      weight: total,
      meanProbability: probability[bin]! / total,
      meanLabel: label[bin]! / total,
      effectiveCount: (total * total) / squares[bin]!,
      lowest: lowest[bin]!,
      highest: highest[bin]!,
    });
  }
  return bins;
}
