import { createRandom } from '../../base/random.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import type { TensorValue } from '../tensor/program.ts';
import type { LossConfig } from './next-item-loss.ts';
import type { SequenceBatch } from './sequence-batches.ts';

/** Draws the negatives that a loss needs, as feeds; the same for the same seed and step. */
export type NegativeFeeds = (batch: Pick<SequenceBatch, 'targetItems'>, step: number) => Record<string, TensorValue>;

/** @param train whose item counts give the popularity distribution */
export function negativeFeeds(train: InteractionSequences, loss: LossConfig, seed: number): NegativeFeeds {
  if (loss.kind === 'full-softmax') return () => ({});
  const { itemCount } = train;
  if (loss.kind === 'sampled-softmax') {
    const draw = loss.sampling === 'uniform' ? uniformItems(itemCount) : popularItems(train);
    return (batch, step) => {
      const random = createRandom(seed, 'negatives', step);
      const negatives = Int32Array.from({ length: loss.negatives }, () => draw.item(random.next()) + 1);
      return {
        negatives: { data: negatives, shape: [loss.negatives] },
        negativeLogQ: { data: Float32Array.from(negatives, (item) => draw.logQ(item - 1)), shape: [loss.negatives] },
        targetLogQ: { data: Float32Array.from(batch.targetItems, (item) => draw.logQ(item - 1)), shape: [batch.targetItems.length] },
      };
    };
  }
  if (loss.kind === 'list') {
    return (_batch, step) => {
      const random = createRandom(seed, 'negatives', step);
      const data = Int32Array.from({ length: loss.negatives }, () => random.integer(itemCount) + 1);
      return { negatives: { data, shape: [loss.negatives] } };
    };
  }
  return (batch, step) => {
    const random = createRandom(seed, 'negatives', step);
    const targets = batch.targetItems;
    const data = new Int32Array(targets.length * loss.negatives);
    for (let at = 0; at < data.length; at++) {
      // Uniform over all items but the target.
      const drawn = random.integer(itemCount - 1) + 1;
      data[at] = drawn >= targets[Math.floor(at / loss.negatives)]! ? drawn + 1 : drawn;
    }
    return { negatives: { data, shape: [targets.length, loss.negatives] } };
  };
}

interface ItemDistribution {
  /** The item at a quantile in [0, 1). */
  item(quantile: number): number;
  logQ(item: number): number;
}

function uniformItems(itemCount: number): ItemDistribution {
  const logQ = -Math.log(itemCount);
  return { item: (quantile) => Math.floor(quantile * itemCount), logQ: () => logQ };
}

function popularItems(train: InteractionSequences): ItemDistribution {
  // One count added to each item, so that none is impossible.
  const cumulative = new Float64Array(train.itemCount + 1);
  const counts = new Float64Array(train.itemCount).fill(1);
  for (const item of train.items) counts[item]!++;
  counts.forEach((count, item) => (cumulative[item + 1] = cumulative[item]! + count));
  const total = cumulative[train.itemCount]!;
  return {
    item(quantile) {
      const wanted = quantile * total;
      let [low, high] = [0, train.itemCount - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (cumulative[middle + 1]! <= wanted) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    logQ: (item) => Math.log(counts[item]! / total),
  };
}
