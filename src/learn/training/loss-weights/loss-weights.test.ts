import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LossWeighting } from '../../tensor/loss-weighting.ts';
import { lossWeightsSchema, makeLossWeighting, UnknownTaskError } from './loss-weights-config.ts';

const tasks = ['click', 'like', 'dwell'];
const make = (config: unknown): LossWeighting => makeLossWeighting(lossWeightsSchema.parse(config), tasks);

/** Weights after some steps, each with these losses and norms. */
function after(weighting: LossWeighting, steps: number, losses: (step: number) => number[], norms: (weights: Float64Array) => number[]) {
  let state = weighting.initialState(3);
  for (let step = 1; step <= steps; step++) {
    const gradientNorms = Float64Array.from(norms(weighting.weights(state, 3)));
    state = weighting.update(state, { step, losses: Float64Array.from(losses(step)), gradientNorms });
  }
  return { weights: [...weighting.weights(state, 3)], state };
}

describe('every rule', () => {
  it.each([{ kind: 'fixed' }, { kind: 'uncertainty', gaussian: ['dwell'] }, { kind: 'gradnorm' }, { kind: 'dwa', everySteps: 3 }])(
    '$kind gives finite weights from any losses, from a state that JSON carries, and keeps nothing itself',
    (config) => {
      const number = fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1e12, noNaN: true }));
      const step = fc.record({
        losses: fc.array(number, { minLength: 3, maxLength: 3 }),
        norms: fc.array(number, { minLength: 3, maxLength: 3 }),
      });
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
          const weighting = make(config);
          let state = weighting.initialState(3);
          steps.forEach(({ losses, norms }, at) => {
            const before = JSON.stringify(state);
            const next = weighting.update(state, {
              step: at + 1,
              losses: Float64Array.from(losses),
              gradientNorms: Float64Array.from(norms),
            });
            expect(JSON.stringify(state)).toBe(before);
            state = JSON.parse(JSON.stringify(next)) as number[];
            expect(state).toEqual([...next]);
            const weights = [...weighting.weights(state, 3)];
            expect(weights.every((weight) => Number.isFinite(weight) && weight >= 0)).toBe(true);
          });
        }),
      );
    },
  );

  it.each([{ kind: 'fixed' }, { kind: 'uncertainty' }, { kind: 'gradnorm' }, { kind: 'dwa', everySteps: 3 }])(
    '$kind starts with 1 for each task',
    (config) => {
      const weighting = make(config);
      expect([...weighting.weights(weighting.initialState(3), 3)]).toEqual([1, 1, 1]);
    },
  );
});

describe('fixed weights', () => {
  it('stay, by task, 1 where a task is not named', () => {
    const { weights } = after(
      make({ kind: 'fixed', values: { dwell: 0.2, click: 3 } }),
      5,
      () => [1, 2, 3],
      () => [1, 1, 1],
    );
    expect(weights).toEqual([3, 1, 0.2]);
  });

  it.each([
    { kind: 'fixed', values: { share: 1 } },
    { kind: 'uncertainty', gaussian: ['share'] },
  ])('name a task that there is not: $kind', (config) => {
    expect(() => make(config)).toThrow(UnknownTaskError);
    expect(() => make(config)).toThrow('loss weights name task "share", but the tasks are "click", "like", "dwell"');
  });
});

describe('uncertainty weights', () => {
  it('come to rest where λ L = ½, for either likelihood', () => {
    const { weights } = after(
      make({ kind: 'uncertainty', learningRate: 0.02, gaussian: ['dwell'] }),
      3000,
      () => [0.1, 2, 8],
      () => [1, 1, 1],
    );
    expect(weights[0]! * 0.1).toBeCloseTo(0.5, 2);
    expect(weights[1]! * 2).toBeCloseTo(0.5, 2);
    expect(weights[2]! * 8).toBeCloseTo(0.5, 2);
  });

  it('take first the step that Adam takes: a learning rate, against the derivative’s sign', () => {
    const { state } = after(
      make({ kind: 'uncertainty', learningRate: 0.01 }),
      1,
      () => [3, 0.1, 0],
      () => [1, 1, 1],
    );
    expect(state[0]).toBeCloseTo(0.01, 8);
    expect(state[4]).toBeCloseTo(-0.01, 8);
    // No label in the batch: nothing learned.
    expect(state.slice(8)).toEqual([0, 0, 0, 0]);
  });
});

describe('GradNorm', () => {
  it('brings gradients of tasks that train alike to one length', () => {
    const lengths = [1, 4, 10];
    const { weights } = after(
      make({ kind: 'gradnorm', learningRate: 0.001 }),
      12_000,
      () => [1, 1, 1],
      () => lengths,
    );
    const norms = weights.map((weight, task) => weight * lengths[task]!);
    for (const norm of norms) expect(norm / norms[0]!).toBeCloseTo(1, 1);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(3, 10);
  });

  it('gives more to the task whose loss has fallen less, by the power alpha', () => {
    const losses = (step: number) => (step === 1 ? [1, 1, 1] : [0.5, 0.5, 0.8]);
    const run = (alpha: number) => after(make({ kind: 'gradnorm', alpha, learningRate: 0.002 }), 6000, losses, () => [1, 1, 1]).weights;
    const even = run(0);
    expect(even[2]! / even[0]!).toBeCloseTo(1, 1);
    const pulled = run(1);
    expect(pulled[2]! / pulled[0]!).toBeCloseTo(0.8 / 0.5, 1);
  });

  it('takes the paper’s step: η sign(N − N̄ r^α) ‖g‖ / N̄, then Σλ = T', () => {
    const { weights } = after(
      make({ kind: 'gradnorm', learningRate: 0.1 }),
      1,
      () => [1, 1, 1],
      () => [1, 2, 6],
    );
    const moved = [1 + (0.1 * 1) / 3, 1 + (0.1 * 2) / 3, 1 - (0.1 * 6) / 3];
    const sum = moved.reduce((a, b) => a + b);
    weights.forEach((weight, task) => expect(weight).toBeCloseTo((3 * moved[task]!) / sum, 12));
  });
});

describe('dynamic weight average', () => {
  it('weighs by the ratio of the last two windows’ mean losses', () => {
    const weighting = make({ kind: 'dwa', everySteps: 2, temperature: 2 });
    // Means by window: (2, 4, 1) then (1, 4, 2).
    const losses = (step: number) =>
      [
        [1, 4, 1],
        [3, 4, 1],
        [1, 3, 2],
        [1, 5, 2],
      ][step - 1]!;
    const norms = () => [1, 1, 1];
    expect(after(weighting, 3, losses, norms).weights).toEqual([1, 1, 1]);
    const powers = [0.5, 1, 2].map((ratio) => Math.exp(ratio / 2));
    const sum = powers.reduce((a, b) => a + b);
    after(weighting, 4, losses, norms).weights.forEach((weight, task) => expect(weight).toBeCloseTo((3 * powers[task]!) / sum, 12));
  });
});
