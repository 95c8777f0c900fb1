import { expect, it } from 'vitest';
import { simulateImpressions, type SimulationOptions } from '../../src/measure/impressions/simulated-impressions.fixture.ts';
import { clickFigures } from './click-figures.ts';

/** Clicks of one world as a model sees them on two parts of it. */
function clicks(options: SimulationOptions) {
  const [validation, test] = (['validation', 'test'] as const).map((part) => {
    const { source, tasks, ...rest } = simulateImpressions({ users: 300, ...options, seed: part });
    return { ...rest, source: { ...source, part }, tasks: tasks.filter(({ name }) => name === 'click') };
  });
  return { validation: validation!, test: test! };
}

it('a model that is too sure keeps its order and is mended by what is fitted on validation', async () => {
  const [right, sure] = [await clickFigures(clicks({ noise: 0 })), await clickFigures(clicks({ noise: 0, sureness: 3 }))];
  for (const metric of ['ndcg10', 'gauc', 'auc'] as const) expect(sure[metric]).toBeCloseTo(right[metric], 3);
  expect(right.ece).toBeLessThan(0.02);
  expect(sure.ece).toBeGreaterThan(0.08);
  expect(sure.eceIsotonic).toBeLessThan(0.03);
  expect(sure.logLoss).toBeGreaterThan(right.logLoss + 0.1);
  expect(sure.logLossPlatt).toBeCloseTo(right.logLossPlatt, 2);
});

it('a model that knows less orders worse, and loses more after all fitting', async () => {
  const [right, noisy] = [await clickFigures(clicks({ noise: 0 })), await clickFigures(clicks({ noise: 2 }))];
  expect(noisy.ndcg10).toBeLessThan(right.ndcg10 - 0.05);
  expect(noisy.gauc).toBeLessThan(right.gauc - 0.05);
  expect(noisy.auc).toBeLessThan(right.auc - 0.05);
  expect(noisy.logLossPlatt).toBeGreaterThan(right.logLossPlatt + 0.03);
});
