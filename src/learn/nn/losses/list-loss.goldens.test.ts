import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { gradients } from '../../tensor/gradient.ts';
import { input } from '../../tensor/leaf.ts';
import { mean } from '../../tensor/operators/reduce.ts';
import { compileProgram, type TensorValue } from '../../tensor/program.ts';
import { listLoss, listLossSchema } from './list-loss.ts';

/** Goldens by name, with the config that they were made for. */
const cases: Record<string, unknown> = {
  bce: { kind: 'bce' },
  softmax: { kind: 'softmax' },
  'list-mle': { kind: 'list-mle' },
  'p-list-mle': { kind: 'p-list-mle' },
  'p-list-mle-logarithmic': { kind: 'p-list-mle', discount: 'logarithmic' },
  'list-net': { kind: 'list-net' },
  'approx-ndcg': { kind: 'approx-ndcg', temperature: 0.5 },
  'approx-ndcg-truncated': { kind: 'approx-ndcg', temperature: 0.5, truncation: 3 },
  'lambda-loss': { kind: 'lambda-loss' },
  'lambda-loss-truncated': { kind: 'lambda-loss', mu: 2, sigma: 1.5, truncation: 3 },
  'lambda-rank': { kind: 'lambda-loss', mu: 0 },
  jrc: { kind: 'jrc', calibration: 0.3 },
};

it.each(Object.keys(cases))('%s gives the losses and gradients of PyTorch', async (name) => {
  const file = join(import.meta.dirname, '..', '..', 'models', 'goldens', `list-loss-${name}.safetensors`);
  const { tensors } = await readSafetensors(file);
  const golden = (key: string) => tensors.get(key)! as TensorValue & { readonly data: Float32Array };
  const scores = input('scores', 'float32', golden('parameter/scores').shape);
  const given = (key: string) => input(key, 'float32', golden(`input/${key}`).shape);
  const batch = { scores, labels: given('labels'), mask: given('mask'), weights: given('weights'), listWeights: given('listWeights') };
  const lists = listLoss(listLossSchema.parse(cases[name]), batch);
  const program = await compileProgram({ lists, toScores: gradients(mean(lists), [scores])[0]! });
  const results = await program.run({
    scores: golden('parameter/scores'),
    ...Object.fromEntries(['labels', 'mask', 'weights', 'listWeights'].map((key) => [key, golden(`input/${key}`)])),
  });
  for (const [key, expected] of [
    ['lists', golden('output/lists').data],
    ['toScores', golden('gradient/scores').data],
  ] as const) {
    const actual = results[key]!.data as Float32Array;
    const scale = Math.max(...expected.map(Math.abs));
    expect(scale).toBeGreaterThan(0.01);
    expected.forEach((value, at) => {
      if (!(Math.abs(actual[at]! - value) <= 1e-5 * scale)) expect.fail(`${key} ${at}: ${actual[at]}, PyTorch says ${value}`);
    });
  }
  await program.close();
});
