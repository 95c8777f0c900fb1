import { percentileInterval } from '../../base/percentile-interval.ts';
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
  /** How many can be drawn: examples, or their groups. */
  readonly unitCount: number;
  /** Draws units with replacement. @returns `[examples]`, how often each was drawn; the array is reused. O(examples). */
  draw(random: Random, units: number): Int32Array;
  /** Draws different units, at most {@link unitCount}. @returns `[examples]`, 1 for each that was drawn; the array is reused. O(examples). */
  take(random: Random, units: number): Int32Array;
}

/** A resampler over examples, each alone (`groups` null) or with its group. */
export function createResampler(count: number, groups: Int32Array | null): Resampler {
  const unitOf = groups === null ? null : denseGroups(groups);
  const unitCount = unitOf === null ? count : unitOf.reduce((most, unit) => Math.max(most, unit), 0) + 1;
  const unitDraws = new Int32Array(unitCount);
  const draws = unitOf === null ? unitDraws : new Int32Array(count);
  const order = Int32Array.from({ length: unitCount }, (_, at) => at);
  const perExample = () => {
    if (unitOf !== null) for (let at = 0; at < count; at++) draws[at] = unitDraws[unitOf[at]!]!;
    return draws;
  };
  return {
    unitCount,
    draw(random, units) {
      unitDraws.fill(0);
      for (let turn = 0; turn < units; turn++) unitDraws[random.integer(unitCount)]!++;
      return perExample();
    },
    take(random, units) {
      unitDraws.fill(0);
      // The first steps of a shuffle; whatever order the last one left will do to begin with.
      for (let turn = 0; turn < units; turn++) {
        const other = turn + random.integer(unitCount - turn);
        const taken = order[other]!;
        order[other] = order[turn]!;
        order[turn] = taken;
        unitDraws[taken] = 1;
      }
      return perExample();
    },
  };
}

/** The groups numbered from 0 in the order they are met. */
function denseGroups(groups: Int32Array): Int32Array {
  const places = new Map<number, number>();
  return groups.map((group) => {
    const place = places.get(group) ?? places.size;
    places.set(group, place);
    return place;
  });
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
