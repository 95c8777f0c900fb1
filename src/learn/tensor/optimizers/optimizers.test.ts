import { describe, expect, it } from 'vitest';
import { zeros } from '../initializers.ts';
import { input, parameter } from '../leaf.ts';
import { inLayer } from '../layer-path.ts';
import { add, multiply } from '../operators/binary.ts';
import { sum } from '../operators/reduce.ts';
import type { TensorValue } from '../program.ts';
import { compileTrainingStep, type TrainingStepOptions } from '../training-step.ts';
import { adagrad } from './adagrad.ts';
import { adam, adamW } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { constantSchedule, linearSchedule } from './schedule.ts';
import { sgd } from './sgd.ts';

/** Σ parameter · fed: the gradient of each parameter is what is fed for it. Slots in order: bias [2], weight [2, 1]. */
function model() {
  return inLayer('layer', () => {
    const weight = parameter('weight', [2, 1], zeros);
    const bias = parameter('bias', [2], zeros);
    return add(sum(multiply(weight, input('toWeight', 'float32', [2, 1]))), sum(multiply(bias, input('toBias', 'float32', [2]))));
  });
}

const start = [1, -2, 3, -4];
async function run(options: Partial<TrainingStepOptions> & { readonly optimizer: Optimizer }, gradients: readonly (readonly number[])[]) {
  const step = await compileTrainingStep({ loss: model(), learningRate: constantSchedule(0.1), seed: 1, threads: 1, ...options });
  step.restore({ ...step.state(), parameters: Float32Array.from(start) });
  const results = [];
  for (const gradient of gradients) {
    const feeds: Record<string, TensorValue> = {
      toBias: { data: Float32Array.from(gradient.slice(0, 2)), shape: [2] },
      toWeight: { data: Float32Array.from(gradient.slice(2)), shape: [2, 1] },
    };
    const result = await step.run(feeds);
    results.push({ ...result, parameters: Array.from(step.state().parameters) });
  }
  await step.close();
  return results;
}
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

/** The update rules in plain numbers, each on one parameter with its gradients in turn. */
const rules: Record<string, { optimizer: Optimizer; rule: (theta: number, gradients: readonly number[], decays: boolean) => number }> = {
  sgd: { optimizer: sgd(), rule: (theta, gradients) => gradients.reduce((value, g) => value - 0.1 * g, theta) },
  'sgd with momentum and decay': {
    optimizer: sgd({ momentum: 0.8, weightDecay: 0.5 }),
    rule(theta, gradients, decays) {
      let velocity = 0;
      return gradients.reduce((value, g) => {
        velocity = 0.8 * velocity + g + (decays ? 0.5 * value : 0);
        return value - 0.1 * velocity;
      }, theta);
    },
  },
  ...Object.fromEntries(
    (
      [
        ['adam', adam({ beta1: 0.7, beta2: 0.9, epsilon: 1e-3 }), 0],
        ['adamw', adamW({ beta1: 0.7, beta2: 0.9, epsilon: 1e-3, weightDecay: 0.4 }), 0.4],
      ] as const
    ).map(([name, optimizer, decay]) => [
      name,
      {
        optimizer,
        rule(theta: number, gradients: readonly number[], decays: boolean) {
          let [m, v] = [0, 0];
          return gradients.reduce((value, g, at) => {
            m = 0.7 * m + 0.3 * g;
            v = 0.9 * v + 0.1 * g * g;
            const direction = m / (1 - 0.7 ** (at + 1)) / (Math.sqrt(v / (1 - 0.9 ** (at + 1))) + 1e-3);
            return value - 0.1 * (direction + (decays ? decay * value : 0));
          }, theta);
        },
      },
    ]),
  ),
  adagrad: {
    optimizer: adagrad({ epsilon: 1e-3 }),
    rule(theta, gradients) {
      let squares = 0;
      return gradients.reduce((value, g) => {
        squares += g * g;
        return value - (0.1 * g) / (Math.sqrt(squares) + 1e-3);
      }, theta);
    },
  },
};

describe('optimizers', () => {
  const gradients = [
    [0.5, -1, 2, 0],
    [1, 3, -1, 0],
    [-2, 0.1, 0.2, 0],
  ];

  it.each(Object.entries(rules))('%s follows its equations; decay spares biases', async (_name, { optimizer, rule }) => {
    const results = await run({ optimizer }, gradients);
    results.forEach(({ parameters }, at) => {
      const wanted = start.map((theta, which) =>
        rule(
          theta,
          gradients.slice(0, at + 1).map((gradient) => gradient[which]!),
          which >= 2,
        ),
      );
      expect(parameters).toEqual(close(wanted));
    });
  });

  it('decays what it is told to', async () => {
    const [result] = await run({ optimizer: sgd({ weightDecay: 1 }), decays: (name) => name === 'layer.bias' }, [[0, 0, 0, 0]]);
    expect(result!.parameters).toEqual(close([0.9, -1.8, 3, -4]));
  });

  it('clips the global norm, tells the norm before, and leaves small gradients alone', async () => {
    const results = await run({ optimizer: sgd(), clipNorm: 1 }, [
      [3, 0, 0, 4],
      [0.3, 0, 0, 0.4],
    ]);
    expect(results.map((result) => result.gradientNorm)).toEqual(close([5, 0.5]));
    expect(results[0]!.parameters).toEqual(close([1 - 0.06, -2, 3, -4 - 0.08]));
    expect(results[1]!.parameters).toEqual(close([1 - 0.09, -2, 3, -4 - 0.12]));
  });

  it('takes the rate of each step from the schedule, from step 1', async () => {
    const results = await run({ optimizer: sgd(), learningRate: linearSchedule(0.4, 4) }, [
      [1, 0, 0, 0],
      [1, 0, 0, 0],
    ]);
    expect(results.map((result) => result.learningRate)).toEqual(close([0.3, 0.2]));
    expect(results.map((result) => result.parameters[0])).toEqual(close([0.7, 0.5]));
  });
});
