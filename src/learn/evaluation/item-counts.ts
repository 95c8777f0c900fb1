import type { InteractionSequences } from '../interaction-sequences.ts';

/** `[itemCount]`: how many interactions each item has, repeats included. O(interactions). */
export function countItems(sequences: InteractionSequences): Int32Array {
  const counts = new Int32Array(sequences.itemCount);
  for (let row = 0; row < sequences.items.length; row++) counts[sequences.items[row]!]!++;
  return counts;
}
