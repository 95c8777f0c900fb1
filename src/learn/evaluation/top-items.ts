/**
 * The items of the highest scores, best first, ties to the lower index; items of −Infinity are never taken.
 *
 * A heap of `list.length` entries whose root is the worst: O(items) when few enter, O(items log k) at worst.
 *
 * @param row scores of all items, without NaN
 * @param list receives the items; −1 where fewer than `list.length` items have a score above −Infinity
 */
export function topItems(row: Float32Array, list: Int32Array): void {
  const capacity = list.length;
  let size = 0;
  let threshold = Number.NEGATIVE_INFINITY;
  for (let item = 0; item < row.length; item++) {
    // Items come in ascending order, so one that only equals the worst stays out.
    if (!(row[item]! > threshold)) continue;
    if (size < capacity) {
      list[size++] = item;
      siftUp(row, list, size - 1);
    } else {
      list[0] = item;
      siftDown(row, list, size);
    }
    if (size === capacity) threshold = row[list[0]!]!;
  }
  const found = size;
  while (size > 1) {
    const worst = list[0]!;
    list[0] = list[--size]!;
    siftDown(row, list, size);
    list[size] = worst;
  }
  list.fill(-1, found);
}

function isWorse(row: Float32Array, item: number, other: number): boolean {
  const score = row[item]!;
  const otherScore = row[other]!;
  return score < otherScore || (score === otherScore && item > other);
}

function siftUp(row: Float32Array, heap: Int32Array, from: number): void {
  const item = heap[from]!;
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isWorse(row, item, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function siftDown(row: Float32Array, heap: Int32Array, size: number): void {
  const item = heap[0]!;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isWorse(row, heap[child + 1]!, heap[child]!)) child++;
    if (!isWorse(row, heap[child]!, item)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = item;
}
