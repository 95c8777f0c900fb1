/** Floats of two engines agree up to this share of their size (docs/decisions/0007-feature-semantics.md). */
const RELATIVE_DIFFERENCE_MAX = 1e-6;

/** Below this size two floats are equal: events older than 100 half-lives may be left out of a decayed sum. */
const NOTHING = 1e-20;

/** Whether two engines gave the same value: texts in the same order, null with null, floats nearly. */
export function valuesAgree(left: number | null | readonly string[], right: number | null | readonly string[]): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left !== 'number' || typeof right !== 'number') {
    if (typeof left === 'number' || typeof right === 'number') return false;
    return left.length === right.length && left.every((term, index) => term === right[index]);
  }
  if (left === right) return true;
  const size = Math.max(Math.abs(left), Math.abs(right));
  return size < NOTHING || Math.abs(left - right) <= RELATIVE_DIFFERENCE_MAX * size;
}
