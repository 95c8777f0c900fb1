import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { gradients } from '../../tensor/gradient.ts';
import { stack } from '../../tensor/operators/shape.ts';
import { parameterLayout } from '../../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { taskLosses, weightedSum } from '../../training/task-loss.ts';
import { buildMultiTask } from '../multi-task/build-multi-task.ts';
import { stackedMultiTask } from '../multi-task/stacked-tasks.ts';
import { rankerConfigSchema } from './ranker-config.ts';
import { rankingStates, type RankingVocabulary } from './ranking-states.ts';

interface GoldenConfig {
  readonly tasks: readonly string[];
  readonly weights: readonly number[];
  readonly model: unknown;
  readonly vocabulary: RankingVocabulary;
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

describe('HSTU as a ranker with PLE, against PyTorch', () => {
  it.each(['task by task', 'all tasks side by side'])('has the same logits, loss and gradients: %s', async (form) => {
    const { tensors, metadata } = await readSafetensors(join(import.meta.dirname, '..', 'goldens', 'ranker-hstu-ple.safetensors'));
    const { tasks, weights, model, vocabulary } = JSON.parse(metadata['config']!) as GoldenConfig;
    const value = (name: string) => tensors.get(name) as unknown as TensorValue & { readonly data: Float32Array };
    const config = rankerConfigSchema.parse(model);
    const states = () => rankingStates(config, vocabulary, 'training');
    const logits =
      form === 'task by task'
        ? buildMultiTask(config.tasks, states, tasks, 'training').logits
        : stackedMultiTask(config.tasks, states(), tasks, 'training').logits;
    const loss = weightedSum(taskLosses(logits), Object.fromEntries(tasks.map((task, at) => [task, weights[at]!])));
    const { slots } = parameterLayout([loss]);
    const names = [...tensors.keys()].filter((name) => name.startsWith('parameter/')).map((name) => name.slice('parameter/'.length));
    expect(slots.map(({ name }) => name)).toEqual(names.toSorted());
    const outputs: Record<string, Tensor> = { 'output/scores': stack(Object.values(logits), 1), loss };
    gradients(
      loss,
      slots.map(({ tensor }) => tensor),
    ).forEach((gradient, at) => (outputs[`gradient/${slots[at]!.name}`] = gradient));

    const program = await compileProgram(outputs, { threads: 1, parameterValue: (name) => value(`parameter/${name}`).data });
    const feeds = Object.fromEntries(
      program.inputs.filter(({ name }) => tensors.has(`input/${name}`)).map(({ name }) => [name, value(`input/${name}`)] as const),
    );
    tasks.forEach((task, at) => {
      feeds[`label/${task}`] = column(value('input/labels'), at) as (typeof feeds)[string];
      feeds[`mask/${task}`] = column(value('input/masks'), at) as (typeof feeds)[string];
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
