import { createRandom } from '../../base/random.ts';

/** Draws the negatives of a case. */
export interface NegativeSampler {
  /**
   * Different items, in the order drawn, without replacement in proportion to their weights. The same case gets the
   * same negatives whatever is asked before, so every ranker meets the same candidates.
   *
   * @param caseIndex names the case's stream of random numbers
   * @param marks `[items]`; an item is not eligible when `marks[item] === mark`; drawn items are marked
   * @returns at most `negatives` items: fewer where fewer are eligible
   */
  draw(caseIndex: number, marks: Int32Array, mark: number): Int32Array;
}

/**
 * @param weights `[items]`, 0 or more each; an item of weight 0 is never drawn. All 1 for uniform draws, interaction
 *   counts for draws by popularity
 * @param negatives how many a case
 */
export function createNegativeSampler(weights: Float64Array, negatives: number, seed: number): NegativeSampler {
  const itemCount = weights.length;
  const cumulative = new Float64Array(itemCount);
  let total = 0;
  for (let item = 0; item < itemCount; item++) cumulative[item] = total += weights[item]!;

  function itemAt(point: number): number {
    let low = 0;
    let high = itemCount - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! > point) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    draw(caseIndex, marks, mark) {
      const random = createRandom(seed, 'negatives', caseIndex);
      const drawn = new Int32Array(negatives);
      let count = 0;
      // Drawing again what was not eligible is exact and quick until little is left to draw.
      for (let tries = 0; count < negatives && tries < 8 * negatives + 64 && total > 0; tries++) {
        const item = itemAt(random.next() * total);
        if (marks[item] === mark || weights[item] === 0) continue;
        marks[item] = mark;
        drawn[count++] = item;
      }
      if (count === negatives) return drawn;
      // The rest by exponential keys (Efraimidis and Spirakis 2006): the smallest −log(u)/w is the next draw.
      const keyed: { item: number; key: number }[] = [];
      for (let item = 0; item < itemCount; item++) {
        if (marks[item] === mark || !(weights[item]! > 0)) continue;
        keyed.push({ item, key: -Math.log(1 - random.next()) / weights[item]! });
      }
      keyed.sort((a, b) => a.key - b.key || a.item - b.item);
      for (const { item } of keyed.slice(0, negatives - count)) {
        marks[item] = mark;
        drawn[count++] = item;
      }
      return drawn.slice(0, count);
    },
  };
}
