import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { calibrationDrift, type DriftVerdict } from './calibration-drift.ts';
import { drawExamples } from './calibration.fixture.ts';
import type { LabelledScores } from './labelled-scores.ts';

const shifted =
  (shift: number, slope = 1) =>
  (z: number) =>
    1 / (1 + Math.exp(-slope * z - shift));
const options = (seed = 1) => ({ random: createRandom(seed, 'drift'), resamples: 80 });

describe('calibrationDrift', () => {
  test.each<[string, DriftVerdict, number, (z: number) => number, number, (z: number) => number]>([
    ['nothing changed', 'stable', 40_000, shifted(0), 40_000, shifted(0)],
    ['a smaller window, nothing changed', 'stable', 60_000, shifted(0.2), 30_000, shifted(0.2)],
    ['more comes true than was said', 'worse', 5000, shifted(0), 5000, shifted(0.5)],
    ['less comes true', 'worse', 5000, shifted(0), 5000, shifted(-0.5)],
    ['as many come true, but others', 'worse', 5000, shifted(0), 5000, shifted(0, 0.4)],
    ['what was off is mended', 'better', 5000, shifted(0.5), 5000, shifted(0)],
    ['too few to tell', 'undecided', 5000, shifted(0), 100, shifted(0.2)],
  ])('%s: %s', (_, verdict, firstCount, first, secondCount, second) => {
    const drift = calibrationDrift(drawExamples(firstCount, 'a', first), drawExamples(secondCount, 'b', second), options());
    expect(drift.verdict).toBe(verdict);
    if (firstCount === secondCount) expect(drift.eceChange.value).toBeCloseTo(drift.current.debiasedEce - drift.reference.debiasedEce, 14);
    expect(drift.biasChange.value).toBeCloseTo(drift.current.bias - drift.reference.bias, 14);
    for (const { value, interval } of [drift.eceChange, drift.biasChange, drift.biasSizeChange]) {
      expect(interval[0]).toBeLessThanOrEqual(value);
      expect(interval[1]).toBeGreaterThanOrEqual(value);
    }
    expect(drift.reason).toMatch(/debiased ECE changed by [+−]0\.\d{4} \[/);
  });

  test('is the same from one generator state', () => {
    const windows = [drawExamples(300, 1), drawExamples(300, 2)] as const;
    expect(calibrationDrift(...windows, options(3))).toEqual(calibrationDrift(...windows, options(3)));
    expect(calibrationDrift(...windows, options(3))).not.toEqual(calibrationDrift(...windows, options(4)));
  });

  test.each([
    [600, 600],
    [2500, 150],
    [150, 2500],
  ])('without change, windows of %i and %i: a change of 0 on average, and few false alarms', (firstCount, secondCount) => {
    let alarms = 0;
    let change = 0;
    for (let trial = 0; trial < 40; trial++) {
      const drift = calibrationDrift(drawExamples(firstCount, `a${trial}`), drawExamples(secondCount, `b${trial}`), options(trial));
      if (drift.verdict === 'worse' || drift.verdict === 'better') alarms++;
      change += drift.eceChange.value / 40;
    }
    expect(Math.abs(change)).toBeLessThan(0.008);
    expect(alarms).toBeLessThanOrEqual(3);
  });

  test('whole groups are drawn: copies widen no interval, nor narrow it', () => {
    const one = drawExamples(200, 5);
    const repeat = (values: ArrayLike<number>) => Array.from({ length: 1000 }, (_, at) => values[at % 200]!);
    const copied = { scores: Float64Array.from(repeat(one.scores)), input: 'logit', labels: Uint8Array.from(repeat(one.labels)) } as const;
    const groups = Int32Array.from({ length: 1000 }, (_, at) => at % 200);
    const widthOf = (window: LabelledScores) => {
      const [low, high] = calibrationDrift(window, window, options()).biasChange.interval;
      return high - low;
    };
    expect(widthOf({ ...copied, groups }) / widthOf(one)).toBeGreaterThan(0.8);
    expect(widthOf({ ...copied, groups }) / widthOf(one)).toBeLessThan(1.25);
  });

  test('refuses a tolerance out of range, and empty windows', () => {
    const window = drawExamples(10, 1);
    expect(() => calibrationDrift(window, window, { ...options(), changeMax: -1 })).toThrow(/changeMax is -1/);
    const empty = { scores: new Float64Array(0), input: 'logit', labels: new Uint8Array(0) } as const;
    expect(() => calibrationDrift(window, empty, options())).toThrow(/no examples/);
  });
});
