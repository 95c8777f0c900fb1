/** Distinct ids of a batch and where each id of the batch stands among them. */
export interface UniqueIds {
  /** In order of first appearance. */
  readonly unique: Int32Array;
  /** `unique[indices[i]]` is the i-th id. */
  readonly indices: Int32Array;
}

/** Finds the distinct ids with an open-addressing table; a pass over the ids, no allocation a row. */
export function uniqueIds(ids: Int32Array): UniqueIds {
  let capacity = 16;
  while (capacity < ids.length * 2) capacity *= 2;
  const mask = capacity - 1;
  const slots = new Int32Array(capacity).fill(-1);
  const unique = new Int32Array(ids.length);
  const indices = new Int32Array(ids.length);
  let count = 0;
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at]!;
    // Fibonacci hashing spreads ids that follow each other.
    let slot = (Math.imul(id, 0x9e3779b1) >>> 0) & mask;
    for (;;) {
      const found = slots[slot]!;
      if (found < 0) {
        slots[slot] = count;
        unique[count] = id;
        indices[at] = count++;
        break;
      }
      if (unique[found] === id) {
        indices[at] = found;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { unique: unique.subarray(0, count), indices };
}
