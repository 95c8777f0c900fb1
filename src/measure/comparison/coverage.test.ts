import { expect, it } from 'vitest';
import { simulateImpressions, type SimulationOptions } from '../impressions/simulated-impressions.fixture.ts';
import { differencesOf, replicate } from './compare-cell.ts';
import { comparisonOptions } from './comparison-options.ts';
import { answersOf, cellEvaluators, planCells, unitsOf } from './plan-cells.ts';
import { createUserDraws } from './user-draws.ts';

const options = comparisonOptions({ usersMin: 2, outcomesMin: 1, cutoffs: [10], resamples: 200 });
const METRICS = ['AUC', 'GAUC by user', 'normalised entropy', 'log loss', 'NDCG@10'];

/** Differences of the first task's metrics between two models, from one draw of users. */
async function differences(shared: SimulationOptions, resamples: number) {
  const [first, second] = [
    simulateImpressions({ ...shared, model: 'A', noise: 1.2 }),
    simulateImpressions({ ...shared, model: 'B', noise: 0.6, sureness: 1.2 }),
  ];
  const units = unitsOf(first);
  const [plan] = planCells(first.tasks[0]!, [], units, options);
  const evaluators = [first, second].map(({ tasks }) =>
    cellEvaluators(plan!, answersOf(tasks[0]!, options, plan!), units, options).filter(({ metrics }) => METRICS.includes(metrics[0]!)),
  );
  const [one, other] = await replicate(evaluators, createUserDraws(units.userCount, resamples, 1));
  return differencesOf(one!, other!, options);
}

it('95 % intervals hold the true difference in about 95 % of draws of users, whose places are alike', async () => {
  // What the difference is where there is no end of users: many, of the same world.
  const truth = await differences({ users: 5000, userNoise: 1.5, seed: 'truth' }, 1);
  const draws = 100;
  const held = new Map<string, number>();
  for (let draw = 0; draw < draws; draw++) {
    for (const { metric, interval } of await differences({ users: 60, userNoise: 1.5, seed: `draw ${draw}` }, 150)) {
      const { difference } = truth.find((each) => each.metric === metric)!;
      if (interval[0] <= difference && difference <= interval[1]) held.set(metric, (held.get(metric) ?? 0) + 1);
    }
  }
  for (const metric of METRICS) {
    const share = held.get(metric)! / draws;
    // The standard error of the share is .02 at 95 %; a percentile interval of 60 users is a little short.
    expect(share, metric).toBeGreaterThan(0.87);
    expect(share, metric).toBeLessThanOrEqual(1);
  }
});
