/** Numbers marks from 0 in the order in which they are first met. */
export interface MarkSlots {
  /** The number of a mark; −1 where it was not met. @param mark above 0 */
  find(mark: number): number;
  /** The same, of one that may be new. */
  findOrAdd(mark: number): number;
  /** Forgets all marks, in O(1). */
  clear(): void;
}

/** 2³² / φ: spreads what differs little (Knuth, The Art of Computer Programming, volume 3, section 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * A hash table of whole numbers with linear probing, at most half full, in arrays that are kept: a page of a thousand candidates asks for
 * ten thousand marks.
 */
export function markSlots(): MarkSlots {
  let bits = 10;
  let marks = new Int32Array(1 << bits);
  let numbers = new Int32Array(1 << bits);
  /** Of each place: when it was written; older ones are empty. */
  let rounds = new Int32Array(1 << bits);
  let [round, count] = [1, 0];

  /** Where a mark stands, or would. */
  function placeOf(mark: number): number {
    const last = (1 << bits) - 1;
    let place = Math.imul(mark, GOLDEN) >>> (32 - bits);
    while (rounds[place] === round && marks[place] !== mark) place = (place + 1) & last;
    return place;
  }

  function grow(): void {
    const [oldMarks, oldNumbers, oldRounds] = [marks, numbers, rounds];
    bits++;
    [marks, numbers, rounds] = [new Int32Array(1 << bits), new Int32Array(1 << bits), new Int32Array(1 << bits)];
    for (let at = 0; at < oldMarks.length; at++) if (oldRounds[at] === round) put(placeOf(oldMarks[at]!), oldMarks[at]!, oldNumbers[at]!);
  }

  function put(place: number, mark: number, number: number): void {
    marks[place] = mark;
    numbers[place] = number;
    rounds[place] = round;
  }

  return {
    find(mark) {
      const place = placeOf(mark);
      return rounds[place] === round ? numbers[place]! : -1;
    },
    findOrAdd(mark) {
      const place = placeOf(mark);
      if (rounds[place] === round) return numbers[place]!;
      put(place, mark, count);
      if (++count > 1 << (bits - 1)) grow();
      return count - 1;
    },
    clear() {
      count = 0;
      if (++round === 0x7fff_ffff) {
        rounds.fill(0);
        round = 1;
      }
    },
  };
}
