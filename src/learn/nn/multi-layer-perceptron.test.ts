import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../base/safetensors.ts';
import { gradients } from '../tensor/gradient.ts';
import { zeros } from '../tensor/initializers.ts';
import { input, parameter } from '../tensor/leaf.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { binaryCrossEntropyWithLogits } from '../tensor/operators/binary-cross-entropy-with-logits.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { mean } from '../tensor/operators/reduce.ts';
import { concatenate, reshape, slice } from '../tensor/operators/shape.ts';
import { tanh } from '../tensor/operators/unary.ts';
import { adagrad } from '../tensor/optimizers/adagrad.ts';
import { adam, adamW } from '../tensor/optimizers/adam.ts';
import type { Optimizer } from '../tensor/optimizers/optimizer.ts';
import { constantSchedule } from '../tensor/optimizers/schedule.ts';
import { sgd } from '../tensor/optimizers/sgd.ts';
import { parameterLayout } from '../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../tensor/program.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compileTrainingStep } from '../tensor/training-step.ts';
import { multiLayerPerceptron } from './multi-layer-perceptron.ts';

type Golden = Map<string, { data: Float32Array; shape: readonly number[] }>;
async function golden(name: string): Promise<Golden> {
  const { tensors } = await readSafetensors(join(import.meta.dirname, '..', 'models', 'goldens', `${name}.safetensors`));
  return tensors as unknown as Golden;
}

/** Four embeddings side by side → 6 → 1: the goldens' model. */
function model(): { scores: Tensor; loss: Tensor } {
  const fields = input('fields', 'int32', ['batch', 4]);
  const embedded = [0, 1, 2, 3].map((field) =>
    inLayer(`field${field}`, () =>
      gatherRows(parameter('embedding', [7, 3], zeros), reshape(slice(fields, 1, field, field + 1), ['batch'])),
    ),
  );
  const scores = reshape(multiLayerPerceptron(concatenate(embedded, 1), { hidden: [6], outputSize: 1 }), ['batch']);
  return { scores, loss: mean(binaryCrossEntropyWithLogits(scores, input('labels', 'float32', ['batch']))) };
}

function expectClose(actual: TensorValue['data'], wanted: Float32Array, what: string): void {
  const scale = Math.max(1e-6, ...wanted.map(Math.abs));
  const worst = Math.max(...wanted.map((value, at) => Math.abs(Number(actual[at]) - value)));
  expect(worst / scale, what).toBeLessThan(1e-4);
}

describe('multiLayerPerceptron', () => {
  it('has PyTorch’s scores, loss and gradients', async () => {
    const file = await golden('mlp');
    const { scores, loss } = model();
    const { slots } = parameterLayout([loss]);
    expect(slots.map((slot) => slot.name)).toEqual(
      [0, 1, 2, 3].map((field) => `field${field}.embedding`).concat('hidden0.bias', 'hidden0.weight', 'output.bias', 'output.weight'),
    );
    const found = gradients(
      loss,
      slots.map((slot) => slot.tensor),
    );
    const named = Object.fromEntries(slots.map((slot, at) => [`gradient/${slot.name}`, found[at]!]));
    const program = await compileProgram(
      { 'output/scores': scores, loss, ...named },
      { parameterValue: (name) => file.get(`parameter/${name}`)!.data },
    );
    const results = await program.run({ fields: file.get('input/fields') as TensorValue, labels: file.get('input/labels') as TensorValue });
    for (const [name, result] of Object.entries(results)) expectClose(result.data, file.get(name)!.data, name);
    await program.close();
  });

  const optimizers: [string, Optimizer, number][] = [
    ['sgd', sgd({ momentum: 0.9 }), 0.1],
    ['adam', adam(), 1e-2],
    ['adamw', adamW({ weightDecay: 0.1 }), 1e-2],
    ['adagrad', adagrad(), 1e-2],
  ];
  it.each(optimizers)('takes three steps of PyTorch’s %s', async (name, optimizer, rate) => {
    const [start, steps] = [await golden('mlp'), await golden(`mlp-${name}`)];
    const step = await compileTrainingStep({ loss: model().loss, optimizer, learningRate: constantSchedule(rate), seed: 1 });
    const state = step.state();
    const parameters = new Float32Array(step.layout.size);
    for (const slot of step.layout.slots) parameters.set(start.get(`parameter/${slot.name}`)!.data, slot.offset);
    step.restore({ ...state, parameters });
    for (let count = 1; count <= 3; count++) {
      const result = await step.run({ fields: start.get('input/fields') as TensorValue, labels: start.get('input/labels') as TensorValue });
      expectClose([result.loss] as unknown as Float32Array, steps.get('losses')!.data.slice(count - 1, count), `loss of step ${count}`);
      expectClose(
        [result.gradientNorm] as unknown as Float32Array,
        steps.get('gradientNorms')!.data.slice(count - 1, count),
        `norm of step ${count}`,
      );
      const after = step.state().parameters;
      for (const { name: parameterName, offset, size } of step.layout.slots) {
        expectClose(
          after.subarray(offset, offset + size),
          steps.get(`step${count}/${parameterName}`)!.data,
          `step ${count} ${parameterName}`,
        );
      }
    }
    await step.close();
  });

  it('is a linear layer where nothing is hidden, and takes another activation', () => {
    const x = input('x', 'float32', ['batch', 'length', 5]);
    const plain = multiLayerPerceptron(x, { hidden: [], outputSize: 2 });
    expect(plain.shape).toEqual(['batch', 'length', 2]);
    expect(parameterLayout([plain]).slots.map((slot) => slot.name)).toEqual(['output.bias', 'output.weight']);
    const used: Tensor[] = [];
    multiLayerPerceptron(x, {
      hidden: [4, 3],
      outputSize: 1,
      activation: (layer) => {
        used.push(layer);
        return tanh(layer);
      },
    });
    expect(used.map((layer) => layer.shape.at(-1))).toEqual([4, 3]);
  });
});
