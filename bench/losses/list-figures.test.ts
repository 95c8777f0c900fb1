import { expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { generateLists, PLACES } from './generated-lists.ts';
import { areaUnderCurve, calibrationError, listFigures, logLoss, meanNdcg, plattFit } from './list-figures.ts';

it('the area under the curve is the share of pairs in the right order, ties half', () => {
  const random = createRandom(1);
  const scores = Array.from({ length: 60 }, () => random.integer(12));
  const clicks = Array.from({ length: 60 }, () => random.integer(2));
  let [right, pairs] = [0, 0];
  for (const [a, clicked] of clicks.entries()) {
    for (const [b, other] of clicks.entries()) {
      if (clicked !== 1 || other !== 0) continue;
      right += scores[a]! > scores[b]! ? 1 : scores[a] === scores[b] ? 0.5 : 0;
      pairs++;
    }
  }
  expect(areaUnderCurve(scores, clicks)).toBeCloseTo(right / pairs, 12);
});

it('calibration error is the distance of each bin from its rate, by share', () => {
  const logit = (p: number) => Math.log(p / (1 - p));
  // Three at .1 of which one is clicked, one at .9 that is.
  expect(calibrationError([0.1, 0.1, 0.1, 0.9].map(logit), [1, 0, 0, 1])).toBeCloseTo((1 - 0.3 + 0.1) / 4, 12);
});

it('log loss is the mean −log of what happened', () => {
  expect(logLoss([0, Math.log(3), 900], [1, 0, 1])).toBeCloseTo((Math.LN2 + Math.log(4)) / 3, 12);
});

it('Platt finds the scale and offset that clicks were drawn with', () => {
  const random = createRandom(2);
  const scores = Array.from({ length: 40_000 }, () => 3 + 2 * random.normal());
  const clicks = scores.map((score) => (random.next() < 1 / (1 + Math.exp(-0.7 * score + 1.5)) ? 1 : 0));
  const [scale, offset] = plattFit(scores, clicks);
  expect(scale).toBeCloseTo(0.7, 1);
  expect(offset).toBeCloseTo(-1.5, 1);
});

it('the truth of generated lists is calibrated, hidden effect or not, and beats its own noise', () => {
  for (const hiddenEffect of [0, 2]) {
    const draw = (part: string) => generateLists({ seed: 3, part, count: 2000, grades: 3, hiddenEffect });
    const [validation, test] = [draw('validation'), draw('test')];
    const figures = listFigures(test, test.truth, validation, validation.truth);
    expect(figures.ece).toBeLessThan(0.02);
    const random = createRandom(4);
    const noisy = test.truth.map((value) => value + random.normal());
    expect(figures.ndcg10).toBeGreaterThan(meanNdcg(test, noisy, 10));
    expect(figures.groupAuc).toBeGreaterThan(0.7);
  }
});

it('the best order has NDCG 1, cut or not, and padding is not ranked', () => {
  const lists = generateLists({ seed: 5, part: 'test', count: 50, grades: 3, hiddenEffect: 0 });
  const scores = lists.labels.map((label, at) => (lists.mask[at] === 1 ? label : 100));
  expect(meanNdcg(lists, scores, 10)).toBeCloseTo(1, 12);
  expect(
    meanNdcg(
      lists,
      scores.map((score, at) => (at % PLACES === 0 ? 9 : score)),
      10,
    ),
  ).toBeLessThan(1);
});
