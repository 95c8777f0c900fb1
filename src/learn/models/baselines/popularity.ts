import { countItems } from '../../evaluation/item-counts.ts';
import type { InteractionSequences, Ranker } from '../../interaction-sequences.ts';

/**
 * Every history gets the same scores: how often each item occurs in training, repeats included. The least that a
 * recommender must beat.
 */
export async function fitPopularity(train: InteractionSequences): Promise<Ranker> {
  const scores = Float32Array.from(countItems(train));
  return {
    name: 'popularity',
    itemCount: train.itemCount,
    async score({ histories }) {
      const batch = new Float32Array(histories.length * scores.length);
      for (let row = 0; row < histories.length; row++) batch.set(scores, row * scores.length);
      return batch;
    },
  };
}
