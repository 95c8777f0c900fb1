import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../base/safetensors.ts';
import { binaryCrossEntropyLoss, generalizedBinaryCrossEntropyLoss } from '../nn/losses/binary-cross-entropy.ts';
import { fullSoftmaxLoss } from '../nn/losses/full-softmax.ts';
import { sampledSoftmaxLoss } from '../nn/losses/sampled-softmax.ts';
import { scoreItems, type ItemScoring } from '../nn/similarity.ts';
import { gradients } from '../tensor/gradient.ts';
import { zeros } from '../tensor/initializers.ts';
import { input, parameter } from '../tensor/leaf.ts';
import { mean } from '../tensor/operators/reduce.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { reshape } from '../tensor/operators/shape.ts';
import { adagrad } from '../tensor/optimizers/adagrad.ts';
import { adam } from '../tensor/optimizers/adam.ts';
import type { Optimizer } from '../tensor/optimizers/optimizer.ts';
import { sgd } from '../tensor/optimizers/sgd.ts';
import { parameterLayout } from '../tensor/parameters.ts';
import { compileProgram, type TensorValue } from '../tensor/program.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compileTrainingStep } from '../tensor/training-step.ts';
import { hstu } from './hstu.ts';
import { sasrec } from './sasrec.ts';
import type { EncodedSequence } from './sequence-model.ts';

type Golden = Map<string, { data: Float32Array; shape: readonly number[] }>;

async function golden(name: string): Promise<Golden> {
  const { tensors } = await readSafetensors(join(import.meta.dirname, 'goldens', `${name}.safetensors`));
  return tensors as unknown as Golden;
}

/** Largest difference relative to the tensor's largest entry. */
function distance(actual: ArrayLike<number | bigint>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let scale = 1e-6;
  let worst = 0;
  for (let at = 0; at < expected.length; at++) {
    scale = Math.max(scale, Math.abs(expected[at]!));
    worst = Math.max(worst, Math.abs(Number(actual[at]) - expected[at]!));
  }
  return worst / scale;
}

const tolerance = 1e-4;
const dot: ItemScoring = { kind: 'dot' };
const cosine: ItemScoring = { kind: 'cosine', temperature: 0.05 };

/** Positions with a target, as the training loop packs them. */
function packed(file: Golden): Record<string, TensorValue> {
  const targets = file.get('input/targets')!.data;
  const at = [...targets.keys()].filter((position) => targets[position] !== 0);
  return {
    positions: { data: Int32Array.from(at), shape: [at.length] },
    targetItems: { data: Int32Array.from(at, (position) => targets[position]!), shape: [at.length] },
  };
}

interface Built {
  readonly encoded: EncodedSequence;
  readonly loss: Tensor;
}

function withFullSoftmax(encoded: EncodedSequence, dimension: number): Built {
  const positions = input('positions', 'int32', ['targets']);
  const targets = input('targetItems', 'int32', ['targets']);
  const rows = gatherRows(reshape(encoded.hidden, [-1, dimension]), positions);
  return { encoded, loss: mean(fullSoftmaxLoss(rows, encoded.table, targets, encoded.scoring)) };
}

const items = () => input('items', 'int32', ['batch', 'length']);
const models: Record<string, (dropout: number) => Built> = {
  sasrec: (dropout) =>
    withFullSoftmax(
      sasrec({ itemCount: 11, maxLength: 9, dimension: 8, blocks: 2, heads: 2, dropout, scoring: dot }, { items: items(), seconds: null }),
      8,
    ),
  hstu: (dropout) =>
    withFullSoftmax(
      hstu(
        { itemCount: 11, maxLength: 9, dimension: 8, blocks: 2, heads: 2, queryDimension: 3, valueDimension: 4, dropout, scoring: dot },
        { items: items(), seconds: null },
      ),
      8,
    ),
  'hstu-time-cosine': (dropout) =>
    withFullSoftmax(
      hstu(
        { itemCount: 11, maxLength: 9, dimension: 8, blocks: 2, heads: 2, queryDimension: 3, valueDimension: 4, dropout, scoring: cosine },
        { items: items(), seconds: input('seconds', 'int32', ['batch', '(1+length)']) },
      ),
      8,
    ),
};

function feedsOf(file: Golden, masks: readonly string[] = []): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = { items: file.get('input/items')! as TensorValue, ...packed(file) };
  const timestamps = file.get('input/timestamps');
  if (timestamps !== undefined) {
    const [rows, columns] = timestamps.shape as [number, number];
    const data = Int32Array.from({ length: rows * columns }, (_, at) => timestamps.data[at]! - timestamps.data[at - (at % columns)]!);
    feeds['seconds'] = { data, shape: timestamps.shape };
  }
  masks.forEach((name, index) => (feeds[name] = file.get(`input/mask/${index}`)! as TensorValue));
  return feeds;
}

describe.each(['sasrec', 'sasrec-dropout', 'hstu', 'hstu-dropout', 'hstu-time-cosine'])('%s against PyTorch', (name) => {
  it('has the same scores, loss and gradients', async () => {
    const file = await golden(name);
    const { encoded, loss } = models[name.replace('-dropout', '')]!(name.endsWith('-dropout') ? 0.2 : 0);
    const layout = parameterLayout([loss]);
    const outputs: Record<string, Tensor> = { loss };
    if (!name.endsWith('-dropout')) outputs['scores'] = scoreItems(encoded.hidden, encoded.table, encoded.scoring);
    gradients(
      loss,
      layout.slots.map((slot) => slot.tensor),
    ).forEach((gradient, index) => (outputs[`gradient/${layout.slots[index]!.name}`] = gradient));
    const program = await compileProgram(outputs, { parameterValue: (parameterName) => file.get(`parameter/${parameterName}`)!.data });
    const masks = program.inputs
      .filter((candidate) => candidate.dropoutKeep !== null)
      .map((candidate) => candidate.name)
      .sort();
    const results = await program.run(feedsOf(file, masks));
    expect(layout.slots.map((slot) => slot.name).sort()).toEqual(
      [...file.keys()]
        .filter((key) => key.startsWith('parameter/'))
        .map((key) => key.slice(10))
        .sort(),
    );
    for (const [key, { data }] of Object.entries(results)) {
      const expected = file.get(key === 'scores' ? 'output/scores' : key)!.data;
      // The key bias has no gradient: softmax does not see it. Both sides hold rounding.
      if (key.endsWith('key.bias')) expect(Math.max(...(data as Float32Array).map(Math.abs))).toBeLessThan(1e-6);
      else expect(distance(data, expected), key).toBeLessThan(tolerance);
    }
    await program.close();
  });
});

const optimizers: Record<string, { optimizer: Optimizer; rate: number; clipNorm?: number }> = {
  'hstu-adagrad': { optimizer: adagrad(), rate: 1e-2 },
  'hstu-adam': { optimizer: adam(), rate: 1e-2 },
  'hstu-sgd-clip': { optimizer: sgd({ momentum: 0.9 }), rate: 0.1, clipNorm: 1 },
  'hstu-time-cosine-adam': { optimizer: adam(), rate: 1e-2 },
  'sasrec-adam': { optimizer: adam(), rate: 1e-2 },
};

describe.each(Object.keys(optimizers))('%s against PyTorch', (name) => {
  it('takes the same three steps', async () => {
    const { optimizer, rate, clipNorm } = optimizers[name]!;
    const model = name.startsWith('hstu-time-cosine') ? 'hstu-time-cosine' : name.split('-')[0]!;
    const [start, expected] = [await golden(model), await golden(name)];
    const step = await compileTrainingStep({
      loss: models[model]!(0).loss,
      optimizer,
      learningRate: () => rate,
      clipNorm: clipNorm ?? null,
      seed: 1,
    });
    const state = step.state();
    for (const slot of step.layout.slots) state.parameters.set(start.get(`parameter/${slot.name}`)!.data, slot.offset);
    step.restore(state);
    for (let count = 1; count <= 3; count++) {
      const result = await step.run(feedsOf(start));
      expect(result.loss).toBeCloseTo(expected.get('losses')!.data[count - 1]!, 4);
      expect(distance([result.gradientNorm], [expected.get('gradientNorms')!.data[count - 1]!])).toBeLessThan(tolerance);
      for (const slot of step.layout.slots) {
        if (slot.name.endsWith('key.bias')) continue;
        const actual = step.state().parameters.subarray(slot.offset, slot.offset + slot.size);
        expect(distance(actual, expected.get(`step${count}/${slot.name}`)!.data), `step ${count} ${slot.name}`).toBeLessThan(tolerance);
      }
    }
    await step.close();
  });
});

describe.each(['loss-full-softmax', 'loss-sampled-softmax', 'loss-sampled-softmax-cosine', 'loss-bce', 'loss-gbce'])(
  '%s against PyTorch',
  (name) => {
    it('has the same loss and gradients', async () => {
      const file = await golden(name);
      const leaf = (key: string) => parameter(key, file.get(`parameter/${key}`)!.shape, zeros);
      const [hiddenName, tableName] = ['hidden', 'itemEmbedding'];
      const hidden = leaf(hiddenName);
      const table = leaf(tableName);
      const positions = input('positions', 'int32', ['targets']);
      const targets = input('targetItems', 'int32', ['targets']);
      const rows = gatherRows(reshape(hidden, [-1, hidden.shape[2]!]), positions);
      const feeds = packed(file);
      const at = feeds['positions']!.data as Int32Array;
      const scoring = name.endsWith('cosine') ? cosine : dot;
      const rowLosses = (): Tensor => {
        if (name === 'loss-full-softmax') return fullSoftmaxLoss(rows, table, targets, scoring);
        const negatives = file.get('input/negatives')!;
        if (name.startsWith('loss-sampled')) {
          feeds['negatives'] = negatives as TensorValue;
          feeds['logQ'] = file.get('input/negativeLogQ')!;
          feeds['targetLogQ'] = {
            data: Float32Array.from(at, (position) => file.get('input/targetLogQ')!.data[position]!),
            shape: [at.length],
          };
          return sampledSoftmaxLoss(
            rows,
            table,
            targets,
            {
              items: input('negatives', 'int32', negatives.shape),
              logQ: input('logQ', 'float32', negatives.shape),
              targetLogQ: input('targetLogQ', 'float32', ['targets']),
            },
            scoring,
          );
        }
        const each = negatives.data.length / file.get('input/targets')!.data.length;
        feeds['negatives'] = {
          data: Int32Array.from(
            { length: at.length * each },
            (_, index) => negatives.data[at[Math.floor(index / each)]! * each + (index % each)]!,
          ),
          shape: [at.length, each],
        };
        const own = input('negatives', 'int32', ['targets', each]);
        return name === 'loss-bce'
          ? binaryCrossEntropyLoss(rows, table, targets, own, scoring)
          : generalizedBinaryCrossEntropyLoss(rows, table, targets, own, scoring, 0.75);
      };
      const loss = mean(rowLosses());
      const [toHidden, toTable] = gradients(loss, [hidden, table]) as [Tensor, Tensor];
      const program = await compileProgram({ loss, toHidden, toTable }, { parameterValue: (key) => file.get(`parameter/${key}`)!.data });
      const results = await program.run(feeds);
      expect(distance(results['loss']!.data, file.get('loss')!.data)).toBeLessThan(tolerance);
      expect(distance(results['toHidden']!.data, file.get(`gradient/${hiddenName}`)!.data)).toBeLessThan(tolerance);
      expect(distance(results['toTable']!.data, file.get(`gradient/${tableName}`)!.data)).toBeLessThan(tolerance);
      await program.close();
    });
  },
);
