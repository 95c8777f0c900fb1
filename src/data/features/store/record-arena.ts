/** A run of doubles in a page, and the room that it has. */
export interface ArenaSlot {
  /** The page. */
  numbers: Float64Array;
  /** The same memory as {@link ArenaSlot.numbers}. */
  words: Uint32Array;
  /** Where the run begins in the page, in doubles. */
  base: number;
  /** Doubles that it has room for; 0: none was given yet. */
  capacity: number;
}

/**
 * Memory for many small records that come, grow and go: pages of doubles cut into runs of a few sizes. A typed array of
 * its own for each record would cost more than the record.
 */
export interface RecordArena {
  /** Gives a slot room for at least so many doubles, of undefined content; what it had is given back, its first `kept` doubles are copied. */
  place(slot: ArenaSlot, doubles: number, kept: number): void;
  /** Takes a slot's room back. */
  release(slot: ArenaSlot): void;
}

const PAGE_DOUBLES = 65_536;

/** Sizes of runs: a quarter apart at most, beyond the table powers of two. */
const SIZES = [8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024, 1536, 2048] as const;
const LARGEST = SIZES.at(-1)!;
const SIZE_AT = Uint8Array.from({ length: LARGEST + 1 }, (_, doubles) => SIZES.findIndex((size) => size >= doubles));

interface Page {
  readonly numbers: Float64Array;
  readonly words: Uint32Array;
}

/** What a slot has before it is given room. */
export const NO_NUMBERS = new Float64Array(0);

/** As {@link NO_NUMBERS}. */
export const NO_WORDS = new Uint32Array(0);

/** Makes an arena. It grows by pages of 512 KB; a page goes when no slot is in it any more, with the arena. */
export function createRecordArena(): RecordArena {
  const freePages: Page[][] = SIZES.map(() => []);
  const freeBases: number[][] = SIZES.map(() => []);
  let page: Page = makePage(0);
  let at = 0;

  function release(slot: ArenaSlot): void {
    if (slot.capacity > 0 && slot.capacity <= LARGEST) {
      const size = SIZE_AT[slot.capacity]!;
      freePages[size]!.push({ numbers: slot.numbers, words: slot.words });
      freeBases[size]!.push(slot.base);
    }
    slot.capacity = 0;
    slot.numbers = NO_NUMBERS;
    slot.words = NO_WORDS;
    slot.base = 0;
  }

  return {
    place(slot, doubles, kept) {
      const { numbers: from, base: fromBase } = slot;
      const old: ArenaSlot | null = slot.capacity === 0 ? null : { ...slot };
      if (doubles > LARGEST) {
        const alone = makePage(2 ** Math.ceil(Math.log2(doubles)));
        ({ numbers: slot.numbers, words: slot.words } = alone);
        slot.base = 0;
        slot.capacity = alone.numbers.length;
      } else {
        const size = SIZE_AT[doubles]!;
        slot.capacity = SIZES[size]!;
        const reused = freePages[size]!.pop();
        if (reused !== undefined) {
          ({ numbers: slot.numbers, words: slot.words } = reused);
          slot.base = freeBases[size]!.pop()!;
        } else {
          if (at + slot.capacity > page.numbers.length) {
            page = makePage(PAGE_DOUBLES);
            at = 0;
          }
          ({ numbers: slot.numbers, words: slot.words } = page);
          slot.base = at;
          at += slot.capacity;
        }
      }
      if (old === null) return;
      if (kept > 0) slot.numbers.set(from.subarray(fromBase, fromBase + kept), slot.base);
      release(old);
    },
    release,
  };
}

function makePage(doubles: number): Page {
  const numbers = new Float64Array(doubles);
  return { numbers, words: new Uint32Array(numbers.buffer) };
}
