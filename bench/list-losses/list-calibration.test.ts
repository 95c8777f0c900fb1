import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { splitLeaveOneOut } from '../../src/learn/evaluation/leave-one-out.ts';
import type { Ranker } from '../../src/learn/interaction-sequences.ts';
import { listCalibration } from './list-calibration.ts';

const [userCount, itemCount, negatives] = [400, 40, 9];
const random = createRandom(1, 'list calibration');
/** Half of all events are of item 0, the rest even. */
const items = Int32Array.from({ length: userCount * 4 }, () => (random.next() < 0.5 ? 0 : random.integer(itemCount)));
const { validation } = splitLeaveOneOut({
  userCount,
  itemCount,
  offsets: Int32Array.from({ length: userCount + 1 }, (_, user) => user * 4),
  items,
  timesMs: null,
});

/** Scores item 0 by a number and all others by another. */
const ranker = (first: number, others: number): Ranker => ({
  name: 'fixed',
  itemCount,
  score: async ({ histories }) =>
    Float32Array.from({ length: histories.length * itemCount }, (_, at) => (at % itemCount === 0 ? first : others)),
});
const entropy = (p: number) => -p * Math.log(p) - (1 - p) * Math.log(1 - p);

describe('calibration on lists of a target and negatives', () => {
  it('finds nothing wrong with a score that says one in ten of every place', async () => {
    for (const [implied, score] of [
      ['softmax', 3],
      ['sigmoid', -Math.log(9)],
    ] as const) {
      const { ece, logLoss } = await listCalibration(ranker(score, score), implied, validation, negatives);
      expect(ece).toBeCloseTo(0, 6);
      expect(logLoss).toBeCloseTo(entropy(0.1), 6);
    }
  });

  it('finds a probability that is wrong by what it is wrong, and the fit mends it', async () => {
    const wrong = await listCalibration(ranker(0, 0), 'sigmoid', validation, negatives);
    expect(wrong.ece).toBeCloseTo(0.4, 6);
    expect(wrong.logLoss).toBeCloseTo(Math.log(2), 6);
    expect(wrong.eceFitted).toBeLessThan(0.001);
    expect(wrong.logLossFitted).toBeCloseTo(entropy(0.1), 3);
  });

  it('pays what tells places apart with a lower log loss', async () => {
    const blind = await listCalibration(ranker(0, 0), 'sigmoid', validation, negatives);
    const seeing = await listCalibration(ranker(1, 0), 'sigmoid', validation, negatives);
    expect(seeing.logLossFitted).toBeLessThan(blind.logLossFitted - 0.03);
  });
});
