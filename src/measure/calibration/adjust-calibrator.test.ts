import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { adjustCalibrator } from './adjust-calibrator.ts';
import { applyCalibrator, CALIBRATION_METHODS, fitCalibrator, parseCalibrator } from './calibrator.ts';
import { fitBySegment } from './segmented-calibrator.ts';

const logit = (p: number) => Math.log(p / (1 - p));
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Scores that say too much of two segments, of one more than of the other. */
function someExamples(seed: number, count = 6000) {
  const random = createRandom(seed, 'adjusted');
  const scores = Float64Array.from({ length: count }, () => sigmoid(3 * random.normal()));
  const segments = Int32Array.from(scores, () => random.integer(2));
  const truth = (at: number) => sigmoid((segments[at] === 0 ? 0.8 : 0.4) * logit(scores[at]!) - 0.3 * segments[at]!);
  const labels = Float64Array.from(scores, (_, at) => (random.next() < truth(at) ? 1 : 0));
  return { examples: { scores, labels, input: 'probability' as const }, segments, truth };
}

describe.each(CALIBRATION_METHODS)('%s followed by a line', (method) => {
  it('is one calibrator that says what both say', () => {
    const { examples } = someExamples(1);
    const calibrator = fitCalibrator(method, examples);
    // An isotonic map is asked at its knots.
    const asked = Float64Array.from(
      calibrator.kind === 'isotonic' ? calibrator.scores : Array.from({ length: 50 }, (_, at) => (at + 0.5) / 50),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }), (slope, intercept) => {
        const found = applyCalibrator(adjustCalibrator(calibrator, { slope, intercept }), asked);
        applyCalibrator(calibrator, asked).forEach((before, at) => {
          const isCertain = before <= 0 || before >= 1;
          expect(found[at]).toBeCloseTo(isCertain ? before : sigmoid(slope * logit(before) + intercept), 6);
        });
      }),
    );
    const stored = JSON.parse(JSON.stringify(adjustCalibrator(calibrator, { slope: 0.5, intercept: 1 }))) as unknown;
    expect(parseCalibrator(stored)).toEqual(stored);
  });
});

it('a line a segment comes nearer to the truth than one isotonic map for all, and than one a segment', () => {
  const { examples, segments, truth } = someExamples(2);
  const given = { ...examples, segments, segmentNames: ['sure', 'unsure'] };
  const apart = (own: 'map' | 'line' | null) => {
    const { overall, segments: fitted } = fitBySegment(given, { method: 'isotonic', own: own ?? 'map' });
    return examples.scores.reduce((sum, score, at) => {
      const calibrator = own === null ? overall : fitted[segments[at]!]!.calibrator!;
      return sum + (applyCalibrator(calibrator, Float64Array.of(score))[0]! - truth(at)) ** 2;
    }, 0);
  };
  expect(apart('line')).toBeLessThan(apart('map'));
  expect(apart('map')).toBeLessThan(apart(null));
});
