import { countItems } from '../../evaluation/item-counts.ts';
import type { InteractionSequences, Ranker } from '../../interaction-sequences.ts';

export interface MarkovOptions {
  /**
   * What orders items with the same count.
   *
   * `popularity`: the more popular first, over all items, so that after a rare item, or with no history, the popular
   * ones follow. `first-seen`: the successor that training met first, and items that never followed share the score 0;
   * the plain chain without a fallback, as a counting dictionary gives it. @default 'popularity'
   */
  readonly order?: 'popularity' | 'first-seen';
}

/**
 * First-order Markov chain: an item's score is how often it came right after the history's last item in training, plus
 * a fraction below 1 that only orders equal counts.
 *
 * Scores are float32: where a count passes 10,000 the fraction begins to round away, and ties remain.
 *
 * Cost: O(interactions) time and memory.
 */
export async function fitMarkov(train: InteractionSequences, options: MarkovOptions = {}): Promise<Ranker> {
  const { order = 'popularity' } = options;
  const { itemCount } = train;
  const successors = countSuccessors(train);
  const popularity = countItems(train);
  const mostPopular = popularity.reduce((most, count) => Math.max(most, count), 0);
  const fallback = new Float64Array(itemCount);
  if (order === 'popularity') {
    for (let item = 0; item < itemCount; item++) fallback[item] = popularity[item]! / (mostPopular + 1);
  }
  return {
    name: 'first-order Markov',
    itemCount,
    async score({ histories }) {
      const scores = new Float32Array(histories.length * itemCount);
      for (let row = 0; row < histories.length; row++) {
        const base = row * itemCount;
        if (order === 'popularity') scores.set(fallback, base);
        const counts = successors[histories[row]!.at(-1) ?? -1];
        if (counts === undefined) continue;
        let place = 0;
        for (const [item, count] of counts) {
          const fraction = order === 'popularity' ? fallback[item]! : (counts.size - place++) / (counts.size + 1);
          scores[base + item] = count + fraction;
        }
      }
      return scores;
    },
  };
}

/** For each item what came right after it and how often, in order of first occurrence. */
function countSuccessors(train: InteractionSequences): Map<number, number>[] {
  const successors = Array.from({ length: train.itemCount }, () => new Map<number, number>());
  for (let user = 0; user < train.userCount; user++) {
    for (let row = train.offsets[user]! + 1; row < train.offsets[user + 1]!; row++) {
      const counts = successors[train.items[row - 1]!]!;
      const item = train.items[row]!;
      counts.set(item, (counts.get(item) ?? 0) + 1);
    }
  }
  return successors;
}
