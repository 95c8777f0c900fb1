import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { gradients } from '../../tensor/gradient.ts';
import { zeros } from '../../tensor/initializers.ts';
import { input, parameter } from '../../tensor/leaf.ts';
import { add, multiply } from '../../tensor/operators/binary.ts';
import { mean } from '../../tensor/operators/reduce.ts';
import { softplus } from '../../tensor/operators/unary.ts';
import { parameterLayout } from '../../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { din, type DinConfig } from './din.ts';
import { hardSearchFound } from './hard-search.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';
import { sim } from './sim.ts';
import { softSearch } from './soft-search.ts';

const [batch, length, count, dimension, k] = [3, 7, 4, 6, 3];
const dinSizes: DinConfig = { activationHidden: [5, 4], pooling: 'sum', dropout: 0 };
const simSizes = { heads: 2, headDimension: 4, timeDimension: 3, dropout: 0 };

/** The embedded history and candidates are parameters here, so that their gradients are checked too. */
function embedded(): EmbeddedRanking {
  return {
    actions: parameter('actions', [batch, length, dimension], zeros),
    candidates: parameter('candidates', [batch, count, dimension], zeros),
    actionSeconds: input('actionSeconds', 'int32', [batch, length]),
    candidateSeconds: input('candidateSeconds', 'int32', [batch, count]),
    visible: input('visible', 'int32', [batch, count]),
  };
}

const models: Record<string, () => Record<string, Tensor>> = {
  din: () => ({ encoded: din(dinSizes, embedded()) }),
  'din-softmax': () => ({ encoded: din({ ...dinSizes, pooling: 'softmax' }, embedded()) }),
  'sim-hard': () => {
    const found = hardSearchFound(parameter('foundActions', [9, dimension], zeros), {
      places: input('places', 'int32', [batch, count, k]),
      gaps: input('intervals', 'int32', [batch, count, k]),
    });
    return { encoded: sim(simSizes, embedded(), (window) => din(dinSizes, window), found) };
  },
  'sim-soft': () => {
    const window = embedded();
    const { found, auxiliaryLogits } = softSearch({ found: k, searchDimension: 5, auxiliaryHidden: [4] }, window);
    return { encoded: sim(simSizes, window, (inner) => din(dinSizes, inner), found), auxiliary: auxiliaryLogits };
  },
};

/** Largest difference relative to the tensor's largest entry. */
function distance(actual: TensorValue['data'], expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return expected.reduce((worst, value, at) => Math.max(worst, Math.abs(Number(actual[at]) - value)), 0) / scale;
}

describe.each(Object.entries(models))('%s against PyTorch', (name, build) => {
  it('has the same representations, loss and gradients', async () => {
    const { tensors } = await readSafetensors(join(import.meta.dirname, '..', 'goldens', `${name}.safetensors`));
    const value = (key: string) => tensors.get(key) as unknown as TensorValue & { readonly data: Float32Array };
    const results = build();
    let loss = mean(multiply(results['encoded']!, input('weights', 'float32', [batch, count, dimension])));
    if (results['auxiliary'] !== undefined) loss = add(loss, mean(softplus(results['auxiliary'])));
    const { slots } = parameterLayout([loss]);
    const names = [...tensors.keys()].filter((key) => key.startsWith('parameter/')).map((key) => key.slice('parameter/'.length));
    expect(slots.map((slot) => slot.name)).toEqual(names.toSorted());
    const found = gradients(
      loss,
      slots.map(({ tensor }) => tensor),
    );
    const outputs: Record<string, Tensor> = { loss };
    for (const [key, tensor] of Object.entries(results)) outputs[`output/${key}`] = tensor;
    slots.forEach((slot, at) => (outputs[`gradient/${slot.name}`] = found[at]!));
    const program = await compileProgram(outputs, { threads: 1, parameterValue: (key) => value(`parameter/${key}`).data });
    const computed = await program.run(Object.fromEntries(program.inputs.map((fed) => [fed.name, value(`input/${fed.name}`)])));
    for (const [key, { data }] of Object.entries(computed)) {
      const expected = value(key).data;
      if (name === 'din-softmax' && key === 'gradient/activation.weight.bias') {
        // Softmax does not see it: both sides hold rounding.
        expect(Math.abs(Number(data[0]))).toBeLessThan(1e-6);
        continue;
      }
      expect(distance(data, expected), key).toBeLessThan(1e-4);
      // A golden of zeros would prove nothing.
      if (key.startsWith('gradient/')) expect(Math.max(...expected.map(Math.abs)), key).toBeGreaterThan(1e-6);
    }
    await program.close();
  });
});
