/** Prices of the last steps, bounded. */
export interface PriceHistory {
  /** The prices of a step, the one after the last. Copies `prices`. */
  add(prices: Float64Array): void;
  /** Price of a slot so many steps ago; as far back as there is and not before the slot's `forget`. O(1). */
  price(slot: number, stepsAgo: number): number;
  /** What the slot lists now has no past before the next step that is added. */
  forget(slot: number): void;
}

/** @param slots how many prices a step has @param steps how many steps are kept; memory is 8 × slots × steps bytes */
export function createPriceHistory(slots: number, steps: number): PriceHistory {
  const ring = new Float64Array(slots * steps);
  const first = new Float64Array(slots);
  let count = 0;
  return {
    add(prices) {
      ring.set(prices, (count % steps) * slots);
      count++;
    },
    price(slot, stepsAgo) {
      const at = Math.max(count - 1 - stepsAgo, first[slot]!, count - steps, 0);
      return ring[(at % steps) * slots + slot]!;
    },
    forget(slot) {
      first[slot] = count;
    },
  };
}
