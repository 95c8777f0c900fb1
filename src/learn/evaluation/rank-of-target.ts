/**
 * Makes the scores of one case fit to rank, in place: NaN and +Infinity become −Infinity, so that they sink below
 * every finite score, and are counted.
 *
 * @param row scores of all items
 * @returns how many scores were NaN or +Infinity
 */
export function sinkInvalidScores(row: Float32Array): number {
  let invalid = 0;
  for (let item = 0; item < row.length; item++) {
    const score = row[item]!;
    if (score < Number.POSITIVE_INFINITY) continue;
    row[item] = Number.NEGATIVE_INFINITY;
    invalid++;
  }
  return invalid;
}

/**
 * Leaves items out of a case's scores, in place: they become −Infinity. The target stays.
 *
 * @param row scores of all items
 * @param leftOut items; repeats are counted once
 * @param marks `[items]` scratch; an item is marked when `marks[item] === mark`
 * @param mark a value that no entry of `marks` holds yet
 * @returns how many different items were left out
 */
export function leaveOut(row: Float32Array, leftOut: Int32Array, target: number, marks: Int32Array, mark: number): number {
  let count = 0;
  for (let index = 0; index < leftOut.length; index++) {
    const item = leftOut[index]!;
    if (item === target || marks[item] === mark) continue;
    marks[item] = mark;
    row[item] = Number.NEGATIVE_INFINITY;
    count++;
  }
  return count;
}

/**
 * Rank of the target among all candidates, ties pessimistic: the number of other candidates whose score is the
 * target's or higher. A constant scorer thus puts every target last. A target of −Infinity is last.
 *
 * @param row scores of all items, without NaN; −Infinity where an item is left out
 * @param candidates how many items are not left out, the target included
 * @returns 0 for the best rank, `candidates - 1` for the last
 */
export function rankAmongAll(row: Float32Array, target: number, candidates: number): number {
  const score = row[target]!;
  if (score === Number.NEGATIVE_INFINITY) return candidates - 1;
  let rank = -1;
  for (let item = 0; item < row.length; item++) if (row[item]! >= score) rank++;
  return rank;
}

/**
 * Rank of the target among it and sampled negatives, ties pessimistic as in {@link rankAmongAll}.
 *
 * @param row scores of all items, without NaN
 * @param negatives items, none of them the target
 */
export function rankAmongNegatives(row: Float32Array, target: number, negatives: Int32Array): number {
  const score = row[target]!;
  let rank = 0;
  for (let index = 0; index < negatives.length; index++) if (row[negatives[index]!]! >= score) rank++;
  return rank;
}
