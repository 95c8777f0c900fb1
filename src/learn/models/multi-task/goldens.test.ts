import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { linear } from '../../nn/linear.ts';
import { gradients } from '../../tensor/gradient.ts';
import { input } from '../../tensor/leaf.ts';
import { stack } from '../../tensor/operators/shape.ts';
import { parameterLayout } from '../../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { taskLosses, weightedSum } from '../../training/task-loss.ts';
import { buildMultiTask } from './build-multi-task.ts';
import { multiTaskConfigSchema } from './multi-task-config.ts';
import { stackedMultiTask } from './stacked-tasks.ts';

interface GoldenConfig {
  readonly tasks: readonly string[];
  readonly weights: readonly number[];
  readonly model: unknown;
}

/** Largest difference relative to the tensor's largest entry. */
function distance(actual: TensorValue['data'], expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return expected.reduce((worst, value, at) => Math.max(worst, Math.abs(Number(actual[at]) - value)), 0) / scale;
}

function column({ data, shape }: TensorValue, at: number): TensorValue {
  const [rows, columns] = shape as [number, number];
  return { data: Float32Array.from({ length: rows }, (_, row) => Number(data[row * columns + at])), shape: [rows] };
}

const apart = ['single-task', 'shared-bottom', 'mmoe', 'ple', 'esmm'].map((kind) => ({ kind, form: 'task by task' }));
const together = apart.filter(({ kind }) => kind !== 'single-task').map(({ kind }) => ({ kind, form: 'all tasks side by side' }));

describe.each([...apart, ...together])('$kind, $form, against PyTorch', ({ kind, form }) => {
  it('has the same logits, loss and gradients', async () => {
    const { tensors, metadata } = await readSafetensors(join(import.meta.dirname, '..', 'goldens', `multi-task-${kind}.safetensors`));
    const { tasks, weights, model } = JSON.parse(metadata['config']!) as GoldenConfig;
    const value = (name: string) => tensors.get(name) as unknown as TensorValue & { readonly data: Float32Array };

    const config = multiTaskConfigSchema.parse(model);
    const x = input('x', 'float32', ['batch', 5]);
    const encode = () => (kind === 'single-task' ? linear('encoder', x, 4) : x);
    const logits =
      form === 'task by task'
        ? buildMultiTask(config, encode, tasks, 'training').logits
        : stackedMultiTask(config, x, tasks, 'training').logits;
    const loss = weightedSum(taskLosses(logits), Object.fromEntries(tasks.map((task, at) => [task, weights[at]!])));
    const { slots } = parameterLayout([loss]);
    const outputs: Record<string, Tensor> = { 'output/scores': stack(Object.values(logits), 1), loss };
    const names = [...tensors.keys()].filter((name) => name.startsWith('parameter/')).map((name) => name.slice('parameter/'.length));
    expect(slots.map(({ name }) => name)).toEqual(names.toSorted());
    gradients(
      loss,
      slots.map(({ tensor }) => tensor),
    ).forEach((gradient, at) => (outputs[`gradient/${slots[at]!.name}`] = gradient));

    const program = await compileProgram(outputs, { threads: 1, parameterValue: (name) => value(`parameter/${name}`).data });
    const feeds: Record<string, TensorValue> = { x: value('input/x') };
    tasks.forEach((task, at) => {
      feeds[`label/${task}`] = column(value('input/labels'), at);
      feeds[`mask/${task}`] = column(value('input/masks'), at);
    });
    const results = await program.run(feeds);
    for (const [name, result] of Object.entries(results)) {
      const expected = value(name).data;
      expect(distance(result.data, expected), name).toBeLessThan(1e-4);
      // A golden of zeros would prove nothing.
      if (name.startsWith('gradient/')) expect(Math.max(...expected.map(Math.abs)), name).toBeGreaterThan(1e-6);
    }
    await program.close();
  });
});
