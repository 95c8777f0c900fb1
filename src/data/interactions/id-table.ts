import { TooLargeError } from './import-errors.ts';

/** External ids and their dense indices, in order of first appearance. Keyed by bytes: a known id costs no string. */
export interface IdTable {
  count(): number;
  /**
   * The index of the id `bytes[start … end)`, given one if it is new.
   *
   * @returns The index, or -1 where a new id's bytes are not valid in the table's encoding.
   */
  intern(bytes: Uint8Array, start: number, end: number): number;
  /** As {@link IdTable.intern}, for a string. */
  internText(text: string): number;
  /** The id of an index. */
  text(index: number): string;
}

const EMPTY = -1;
const IDS_MAX = 1 << 28;

/** FNV-1a (Fowler, Noll, Vo), with a final mix so that the low bits, which choose the slot, see every byte. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return hash ^ (hash >>> 15);
}

/**
 * An empty table: open addressing over one arena of bytes. About 30 bytes an id beside the id's own bytes.
 *
 * @param encoding How the bytes given to `intern` are encoded. Default `utf-8`.
 */
export function createIdTable(encoding: 'utf-8' | 'latin-1' = 'utf-8'): IdTable {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  // A slot is two numbers, index and hash, side by side: a miss in the cache brings both.
  let slots = new Int32Array(1 << 11).fill(EMPTY);
  let mask = (1 << 10) - 1;
  let starts = new Float64Array((1 << 9) + 1);
  let arena = new Uint8Array(1 << 13);
  let count = 0;

  function grow(): void {
    const old = slots;
    slots = new Int32Array(old.length * 2).fill(EMPTY);
    mask = slots.length / 2 - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === EMPTY) continue;
      let slot = old[from + 1]! & mask;
      while (slots[slot * 2]! !== EMPTY) slot = (slot + 1) & mask;
      slots[slot * 2] = old[from]!;
      slots[slot * 2 + 1] = old[from + 1]!;
    }
  }

  function append(bytes: Uint8Array, start: number, end: number): void {
    if (count === starts.length - 1) {
      if (count >= IDS_MAX) throw new TooLargeError('ids', IDS_MAX);
      const moreStarts = new Float64Array(count * 2 + 1);
      moreStarts.set(starts);
      starts = moreStarts;
    }
    const from = starts[count]!;
    const to = from + (end - start);
    if (to > arena.length) {
      const more = new Uint8Array(Math.max(arena.length * 2, to));
      more.set(arena);
      arena = more;
    }
    arena.set(bytes.subarray(start, end), from);
    starts[count + 1] = to;
    count++;
  }

  function isValid(bytes: Uint8Array, start: number, end: number): boolean {
    let ascii = true;
    for (let at = start; at < end && ascii; at++) ascii = bytes[at]! < 0x80;
    if (ascii) return true;
    try {
      decoder.decode(bytes.subarray(start, end));
      return true;
    } catch {
      return false;
    }
  }

  function intern(bytes: Uint8Array, start: number, end: number, check: boolean): number {
    const hash = hashBytes(bytes, start, end);
    const length = end - start;
    let slot = hash & mask;
    for (;;) {
      const index = slots[slot * 2]!;
      if (index === EMPTY) break;
      if (slots[slot * 2 + 1]! === hash) {
        const from = starts[index]!;
        if (starts[index + 1]! - from === length) {
          let same = 0;
          while (same < length && arena[from + same]! === bytes[start + same]!) same++;
          if (same === length) return index;
        }
      }
      slot = (slot + 1) & mask;
    }
    if (check && !isValid(bytes, start, end)) return -1;
    slots[slot * 2] = count;
    slots[slot * 2 + 1] = hash;
    append(bytes, start, end);
    if (count * 2 > mask) grow();
    return count - 1;
  }

  return {
    count: () => count,
    intern(bytes, start, end) {
      if (encoding === 'utf-8') return intern(bytes, start, end, true);
      let ascii = true;
      for (let at = start; at < end && ascii; at++) ascii = bytes[at]! < 0x80;
      if (ascii) return intern(bytes, start, end, false);
      const utf8 = encoder.encode(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
      return intern(utf8, 0, utf8.length, false);
    },
    internText(text) {
      const utf8 = encoder.encode(text);
      return intern(utf8, 0, utf8.length, false);
    },
    text: (index) => decoder.decode(arena.subarray(starts[index]!, starts[index + 1]!)),
  };
}
