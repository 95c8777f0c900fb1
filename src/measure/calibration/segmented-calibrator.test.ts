import { describe, expect, test } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { drawExamples } from './calibration.fixture.ts';
import { applyCalibrator, fitCalibrator, type Calibrator } from './calibrator.ts';
import { measureSegments, segmentTableMarkdown } from './segment-table.ts';
import { applySegmentedCalibrator, fitBySegment, parseSegmentedCalibrator, segmentPlace } from './segmented-calibrator.ts';
import type { SegmentedScores } from './segmented-scores.ts';

function probabilityOf(record: Calibrator, score: number): number {
  return applyCalibrator(record, Float64Array.of(score))[0]!;
}

/** Two segments that err in opposite ways, one too small, one without labels of both kinds, one empty; and examples of none. */
function segmented(): SegmentedScores {
  const sizes = [4000, 4000, 300, 2000, 0, 500];
  const shifts = [1, -1, 0, -40, 0, 0];
  const parts = sizes.map((size, at) => drawExamples(size, at, (z) => 1 / (1 + Math.exp(-z - shifts[at]!))));
  return {
    scores: Float64Array.from(parts.flatMap(({ scores }) => [...scores])),
    input: 'logit',
    labels: Uint8Array.from(parts.flatMap(({ labels }) => [...labels])),
    segments: Int32Array.from(sizes.flatMap((size, at) => new Array<number>(size).fill(at === 5 ? -1 : at))),
    segmentNames: ['basic', 'professional', 'small', 'never', 'empty'],
  };
}

describe('fitBySegment', () => {
  const examples = segmented();
  const record = fitBySegment(examples, { method: 'platt' });

  test('fits the segments that have enough, and all for the others', () => {
    expect(record.segments.map(({ name, examples, calibrator }) => [name, examples, calibrator?.kind ?? null])).toEqual([
      ['basic', 4000, 'platt'],
      ['professional', 4000, 'platt'],
      ['small', 300, null],
      ['never', 2000, null],
      ['empty', 0, null],
    ]);
    expect(record.overall).toEqual(fitCalibrator('platt', examples));
    const own = fitCalibrator('platt', { scores: examples.scores.slice(0, 4000), input: 'logit', labels: examples.labels.slice(0, 4000) });
    expect(record.segments[0]!.calibrator).toEqual(own);
    const eager = fitBySegment(examples, { method: 'isotonic', examplesMin: 300, labelMin: 0 });
    expect(eager.segments.map(({ calibrator }) => calibrator !== null)).toEqual([true, true, true, true, false]);
  });

  test('examples of weight 0 do not count, nor shift others', () => {
    const weights = Float64Array.from(examples.scores, (_, at) => (at % 2 === 0 && at < 4000 ? 0 : 1));
    const odd = Int32Array.from({ length: 2000 }, (_, at) => 2 * at + 1);
    const fitted = fitBySegment({ ...examples, weights }, { method: 'platt' });
    expect(fitted.segments[0]!.examples).toBe(2000);
    const own = fitCalibrator('platt', {
      scores: Float64Array.from(odd, (at) => examples.scores[at]!),
      input: 'logit',
      labels: Uint8Array.from(odd, (at) => examples.labels[at]!),
    });
    expect(fitted.segments[0]!.calibrator).toEqual(own);
  });

  test('applies each to its own, the one for all to the rest, in place too', () => {
    const scores = Float64Array.of(0.3, 0.3, 0.3, 0.3, 0.3);
    const places = Int32Array.of(0, segmentPlace(record, 'professional'), 2, -1, 99);
    const calibrated = applySegmentedCalibrator(record, scores, places);
    const overall = probabilityOf(record.overall, 0.3);
    const [first, second] = record.segments.map(({ calibrator }) => calibrator);
    expect([...calibrated]).toEqual([probabilityOf(first!, 0.3), probabilityOf(second!, 0.3), overall, overall, overall]);
    expect(applySegmentedCalibrator(record, scores, places, scores)).toBe(scores);
    expect(scores).toEqual(calibrated);
    expect(segmentPlace(record, 'nobody')).toBe(-1);
    expect(() => applySegmentedCalibrator(record, scores, new Int32Array(1))).toThrow(/5 scores, 1 segments/);
    expect(() => applySegmentedCalibrator(record, Float64Array.of(NaN), Int32Array.of(0))).toThrow(/score 0 is NaN/);
  });

  test('mends what one calibrator for all cannot', () => {
    const calibrate = (places: Int32Array): SegmentedScores => ({
      ...examples,
      scores: applySegmentedCalibrator(record, examples.scores, places),
      input: 'probability',
    });
    const worst = (scores: SegmentedScores) =>
      Math.max(
        ...measureSegments(scores)
          .segments.slice(0, 2)
          .map(({ measures }) => measures!.ece),
      );
    expect(worst(calibrate(new Int32Array(examples.scores.length).fill(-1)))).toBeGreaterThan(0.1);
    expect(worst(calibrate(examples.segments))).toBeLessThan(0.03);
  });

  test('goes through JSON; a damaged record is refused', () => {
    expect(parseSegmentedCalibrator(JSON.parse(JSON.stringify(record)))).toEqual(record);
    const [basic] = record.segments;
    for (const [value, message] of [
      [fitCalibrator('platt', examples), /no record of format nisus-segmented-calibrator/],
      [{ ...record, formatVersion: 0 }, /format version 0/],
      [{ ...record, segments: [basic, basic] }, /different names/],
      [{ ...record, segments: [{ ...basic, calibrator: { ...basic!.calibrator, input: 'probability' } }] }, /scores of one kind/],
      [{ ...record, overall: null }, /damaged[^]*overall/],
    ] as const) {
      expect(() => parseSegmentedCalibrator(value)).toThrow(message);
    }
  });

  test.each([
    [{ segments: new Int32Array(3) }, /3 segments for 10800 examples/],
    [{ segments: new Int32Array(10_800).fill(5) }, /segment 0 is 5: there are 5 names/],
    [{ segmentNames: ['a', 'b', 'a', 'c', 'd'] }, /segment name 2 is "a"/],
    [{ segmentNames: ['a', 'b', '', 'c', 'd'] }, /segment name 2 is ""/],
  ])('refuses %o', (change, message) => {
    expect(() => fitBySegment({ ...examples, ...change }, { method: 'platt' })).toThrow(message);
  });

  test('refuses options out of range', () => {
    expect(() => fitBySegment(examples, { method: 'platt', examplesMin: 0 })).toThrow(/examplesMin is 0/);
    expect(() => fitBySegment(examples, { method: 'platt', labelMin: -1 })).toThrow(/labelMin is -1/);
  });
});

describe('measureSegments', () => {
  test('measures each by itself; the table has a row each', () => {
    const examples = segmented();
    const table = measureSegments(examples, { interval: { random: createRandom(1), resamples: 20 } });
    expect(table.segments.map(({ measures }) => measures?.examples ?? null)).toEqual([4000, 4000, 300, 2000, null]);
    expect(table.overall.examples).toBe(10_800);
    const lines = segmentTableMarkdown({ ...table, segments: table.segments.map((row) => ({ ...row, name: `${row.name}|x` })) }).split(
      '\n',
    );
    expect(lines.length).toBe(8);
    expect(lines[2]).toMatch(/^\| all \| 10800 \| \.\d{4} \| \.\d{4} \| \.\d{4} \| \.\d{4} \[\.\d{4}, \.\d{4}\] \| \.\d{4} \|$/);
    expect(lines[7]).toBe(String.raw`| empty\|x | 0 | | | | | |`);
  });
});
