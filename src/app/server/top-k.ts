/** The best items of one row of scores, best first. */
export interface TopK {
  /** `[selected]`, item indices. */
  readonly items: Int32Array;
  /** `[selected]`, beside each item its score; −∞ where the score was not finite. */
  readonly scores: Float32Array;
}

/** Picks the best items of a row of scores; holds working memory for one call at a time. */
export interface TopKSelector {
  /**
   * The `min(k, items not excluded)` best items, exactly.
   *
   * Equal scores stand in order of their index. Scores that are not finite (NaN, ±∞) sink: they come after every
   * finite one, in order of their index, with the score −∞.
   *
   * Cost: one pass over `scores`, O(log k) for each item that enters the heap; allocates nothing but the result.
   *
   * @param scores `[itemCount]`
   * @param k how many at most, from 1 to the selector's `kMax`
   * @param excluded lists of item indices to leave out; may overlap and repeat
   * @throws RangeError when `scores` has another length than the selector, or `k` is out of its range
   */
  select(scores: Float32Array, k: number, excluded: readonly ArrayLike<number>[]): TopK;
}

/**
 * A selector over rows of `itemCount` scores.
 *
 * Exclusions are marks with the number of the call that made them, so that nothing is cleared between calls. Memory:
 * 4 bytes an item and 8 bytes for each of `kMax`.
 */
export function createTopKSelector(itemCount: number, kMax: number): TopKSelector {
  const marks = new Uint32Array(itemCount);
  // A binary heap with the worst kept item at the root: the only one that a newcomer has to beat.
  const heapItems = new Int32Array(kMax);
  const heapScores = new Float32Array(kMax);
  let mark = 0;

  /** Whether the item at heap place `left` ranks below the one at `right`. */
  function isWorse(left: number, right: number): boolean {
    const leftScore = heapScores[left]!;
    const rightScore = heapScores[right]!;
    return leftScore < rightScore || (leftScore === rightScore && heapItems[left]! > heapItems[right]!);
  }

  function swap(left: number, right: number): void {
    const item = heapItems[left]!;
    const score = heapScores[left]!;
    heapItems[left] = heapItems[right]!;
    heapScores[left] = heapScores[right]!;
    heapItems[right] = item;
    heapScores[right] = score;
  }

  function siftUp(from: number): void {
    for (let place = from; place > 0;) {
      const parent = (place - 1) >> 1;
      if (!isWorse(place, parent)) return;
      swap(place, parent);
      place = parent;
    }
  }

  function siftDown(size: number): void {
    for (let place = 0; ;) {
      const left = 2 * place + 1;
      if (left >= size) return;
      const worst = left + 1 < size && isWorse(left + 1, left) ? left + 1 : left;
      if (!isWorse(worst, place)) return;
      swap(worst, place);
      place = worst;
    }
  }

  function markExcluded(excluded: readonly ArrayLike<number>[]): void {
    mark++;
    if (mark > 0xffff_ffff) {
      marks.fill(0);
      mark = 1;
    }
    for (const list of excluded) {
      for (let at = 0; at < list.length; at++) marks[list[at]!] = mark;
    }
  }

  return {
    select(scores, k, excluded) {
      if (scores.length !== itemCount) {
        throw new RangeError(`scores has ${scores.length} entries; this selector is for ${itemCount} items`);
      }
      if (!Number.isInteger(k) || k < 1 || k > kMax) {
        throw new RangeError(`k is ${k}; give a whole number from 1 to ${kMax}`);
      }
      markExcluded(excluded);
      let size = 0;
      for (let item = 0; item < itemCount; item++) {
        if (marks[item] === mark) continue;
        const raw = scores[item]!;
        // NaN and both infinities are the numbers whose difference with themselves is not zero.
        const score = raw - raw === 0 ? raw : -Infinity;
        if (size < k) {
          heapItems[size] = item;
          heapScores[size] = score;
          siftUp(size++);
        } else if (score > heapScores[0]!) {
          // Indices ascend, so an equal score always ranks below what is kept: strictly greater is enough.
          heapItems[0] = item;
          heapScores[0] = score;
          siftDown(size);
        }
      }
      const items = new Int32Array(size);
      const best = new Float32Array(size);
      for (let place = size - 1; place >= 0; place--) {
        items[place] = heapItems[0]!;
        best[place] = heapScores[0]!;
        heapItems[0] = heapItems[place]!;
        heapScores[0] = heapScores[place]!;
        siftDown(place);
      }
      return { items, scores: best };
    },
  };
}
