/** Distinct ids of a batch and where each id of the batch stands among them. */
export interface UniqueIds {
  /** In order of first appearance. */
  readonly unique: Int32Array;
  /** `unique[indices[i]]` is the i-th id. */
  readonly indices: Int32Array;
}

/**
 * Finds distinct ids with an open-addressing table that it keeps from call to call: a pass over the ids, and no
 * allocation once it has seen the largest batch. The result is overwritten by the next call.
 */
export function createUniqueFinder(): (ids: Int32Array) => UniqueIds {
  let bits = 4;
  let slots = new Int32Array(1 << bits);
  let unique = new Int32Array(0);
  let indices = new Int32Array(0);
  return (ids) => {
    while (1 << bits < ids.length * 2) bits++;
    if (slots.length < 1 << bits) slots = new Int32Array(1 << bits);
    if (unique.length < ids.length) [unique, indices] = [new Int32Array(ids.length), new Int32Array(ids.length)];
    slots.fill(-1);
    const count = find(ids, slots, unique, indices);
    return { unique: unique.subarray(0, count), indices: indices.subarray(0, ids.length) };
  };
}

function find(ids: Int32Array, slots: Int32Array, unique: Int32Array, indices: Int32Array): number {
  const mask = slots.length - 1;
  const shift = Math.clz32(mask);
  let count = 0;
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at]!;
    // Fibonacci hashing: the high bits of the product spread ids that follow each other or share a stride.
    let slot = Math.imul(id, 0x9e3779b1) >>> shift;
    let found = slots[slot]!;
    while (found >= 0 && unique[found] !== id) {
      slot = (slot + 1) & mask;
      found = slots[slot]!;
    }
    if (found < 0) {
      found = count++;
      slots[slot] = found;
      unique[found] = id;
    }
    indices[at] = found;
  }
  return count;
}
