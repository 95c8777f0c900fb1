import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { gradVac } from '../gradient-conflict/gradvac.ts';
import { compositeLossSchema } from './composite-loss-config.ts';
import { amongTasks, constrainedWeighting } from './constrained-weighting.ts';

const bound = { task: 'click', of: { kind: 'mean-probability' }, atMost: 0.1 };
const make = (more: object = {}) =>
  constrainedWeighting(
    compositeLossSchema.parse({
      tasks: [{ name: 'click' }, { name: 'hide', weightFloor: 0.75 }],
      weighting: { kind: 'gradnorm', learningRate: 0.1 },
      constraints: [
        { ...bound, name: 'first', learningRate: 0.5, multiplierMax: 2, memory: 0.9 },
        { ...bound, name: 'second', learningRate: 1, memory: 0 },
      ],
      ...more,
    }),
  );

const step = (losses: readonly number[], norms = [1, 1, 0, 0]) => ({
  step: 1,
  losses: Float64Array.from(losses),
  gradientNorms: Float64Array.from(norms),
});

describe('multipliers', () => {
  it('rise by η times the running mean of the excess, within [0, M], whatever comes, from a state that JSON carries', () => {
    const excess = fc.oneof(fc.constant(0), fc.double({ min: -1, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(fc.tuple(excess, excess), { maxLength: 60 }), (steps) => {
        const weighting = make();
        let state = weighting.initialState(2);
        let [multiplier, mean, weight, plain] = [0, 0, 0, 0];
        for (const [first, second] of steps) {
          const before = JSON.stringify(state);
          const next = weighting.update(state, step([1, 1, first, second]));
          expect(JSON.stringify(state)).toBe(before);
          state = JSON.parse(JSON.stringify(next)) as number[];
          // The mean written out as the weighted mean of all excesses so far.
          if (first !== 0) {
            [mean, weight] = [0.9 * mean + first, 0.9 * weight + 1];
            multiplier = Math.min(2, Math.max(0, multiplier + 0.5 * Math.min(1, mean / weight)));
          }
          if (second !== 0) plain = Math.min(10, Math.max(0, plain + Math.min(1, second)));
          const [a, b] = weighting.constraints(state);
          expect(a!.multiplier).toBeCloseTo(multiplier, 9);
          expect(b!.multiplier).toBeCloseTo(plain, 9);
          if (weight > 0) expect(a!.excess).toBeCloseTo(mean / weight, 9);
          else expect(a!.excess).toBeNull();
          expect([...weighting.weights(state, 2).subarray(2)]).toEqual([a!.multiplier, b!.multiplier]);
        }
      }),
    );
  });

  it('start at 0, stay there while the bound holds, and stop at M where it cannot be held', () => {
    const weighting = make();
    let state = weighting.initialState(2);
    expect([...weighting.weights(state, 2)]).toEqual([1, 1, 0, 0]);
    for (let at = 0; at < 50; at++) state = weighting.update(state, step([1, 1, -0.2, 3]));
    expect(weighting.constraints(state).map(({ multiplier }) => multiplier)).toEqual([0, 10]);
  });
});

describe('weights of tasks', () => {
  it('are the rule’s, told of tasks alone, but not below their floors', () => {
    const weighting = make();
    let state = weighting.initialState(2);
    // The norms of constraints would make GradNorm's mean another.
    for (let at = 0; at < 200; at++) state = weighting.update(state, step([1, 1, 7, 7], [1, 9, 1000, 1000]));
    const [click, hide] = weighting.weights(state, 2);
    expect(click).toBeGreaterThan(1.5);
    expect(hide).toBe(0.75);
    const free = make({ tasks: [{ name: 'click' }, { name: 'hide' }], constraints: [] });
    let other = free.initialState(2);
    for (let at = 0; at < 200; at++) other = free.update(other, step([1, 1], [1, 9]));
    expect(free.weights(other, 2)[0]).toBe(click);
    expect(free.weights(other, 2)[1]).toBeLessThan(0.75);
  });
});

describe('a strategy among tasks', () => {
  const random = () => createRandom(1, 'strategy');
  const gram = Float64Array.of(4, -2, 5, -2, 9, 6, 5, 6, 100);

  it('is asked about the tasks’ gradients alone; constraints keep theirs', () => {
    const strategy = gradVac({ beta: 0.5 });
    const state = strategy.initialState(2);
    const alone = strategy.decide({ gram: Float64Array.of(4, -2, -2, 9), tasks: 2, state, random: random() });
    const wrapped = amongTasks(strategy, 2);
    expect(wrapped.initialState(3)).toEqual(state);
    const decision = wrapped.decide({ gram, tasks: 3, state, random: random() });
    expect([...decision.weights]).toEqual([...alone.weights, 1]);
    expect(decision.state).toEqual(alone.state);
    expect([...alone.weights]).not.toEqual([1, 1]);
  });

  it('is the strategy itself where there are no constraints', () => {
    const seen: Float64Array[] = [];
    const strategy: GradientStrategy = {
      name: 'looks',
      initialState: () => [],
      decide: ({ gram, tasks }) => (seen.push(gram), { weights: new Float64Array(tasks).fill(1), state: [] }),
    };
    amongTasks(strategy, 3).decide({ gram, tasks: 3, state: [], random: random() });
    expect(seen[0]).toBe(gram);
  });
});
