import type { Random } from '../../base/random.ts';
import { optionError } from './calibration-error.ts';

/** How intervals are drawn: by bootstrap (Efron 1979), of whole groups where the examples have them. */
export interface IntervalOptions {
  /** Where the draws come from: one generator state, one interval. */
  readonly random: Random;
  /** From 10 to 100,000. @default 1000 */
  readonly resamples?: number;
  /** Share of the resamples inside the interval, between 0 and 1. @default 0.95 */
  readonly confidence?: number;
}

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

/** Fills in defaults. @throws CalibrationError `CALIBRATION_OPTION` */
export function checkIntervalOptions({ random, resamples = 1000, confidence = 0.95 }: IntervalOptions): Required<IntervalOptions> {
  if (!Number.isInteger(resamples) || resamples < 10 || resamples > 100_000) {
    throw optionError('resamples', resamples, 'a whole number from 10 to 100000');
  }
  if (!(confidence > 0 && confidence < 1)) throw optionError('confidence', confidence, 'a number between 0 and 1');
  return { random, resamples, confidence };
}

/** Draws resamples of the same examples, one after another. */
export interface Resampler {
  /** `[examples]`, how often each was drawn; the array is reused. O(examples). */
  draw(random: Random): Int32Array;
}

/** A resampler over examples, each alone (`groups` null) or with its group. */
export function createResampler(count: number, groups: Int32Array | null): Resampler {
  const draws = new Int32Array(count);
  if (groups === null) {
    return {
      draw(random) {
        draws.fill(0);
        for (let turn = 0; turn < count; turn++) draws[random.integer(count)]!++;
        return draws;
      },
    };
  }
  const places = new Map<number, number>();
  const dense = groups.map((group) => {
    const place = places.get(group) ?? places.size;
    places.set(group, place);
    return place;
  });
  const groupDraws = new Int32Array(places.size);
  return {
    draw(random) {
      groupDraws.fill(0);
      for (let turn = 0; turn < groupDraws.length; turn++) groupDraws[random.integer(groupDraws.length)]!++;
      for (let at = 0; at < count; at++) draws[at] = groupDraws[dense[at]!]!;
      return draws;
    },
  };
}

/** From the (1 − confidence) / 2 quantile of the replicates to its opposite, interpolated linearly. */
export function percentileInterval(replicates: Float64Array, confidence: number): Interval {
  const sorted = replicates.slice().sort();
  const tail = (1 - confidence) / 2;
  return [quantile(sorted, tail), quantile(sorted, 1 - tail)];
}

/**
 * The percentile interval moved so that the replicates' mean falls on the estimate: for measures that a resample, noisier than the
 * sample, shows too high, such as ECE.
 */
export function centredInterval(replicates: Float64Array, estimate: number, confidence: number): Interval {
  const mean = replicates.reduce((sum, value) => sum + value, 0) / replicates.length;
  const [low, high] = percentileInterval(replicates, confidence);
  return [low + estimate - mean, high + estimate - mean];
}

function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
