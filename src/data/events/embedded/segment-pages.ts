import { ID_WORDS } from './open-segment.ts';

/**
 * A segment's index on disk: pages of entries by the top bits of their hash, so that one look-up reads one page of some hundred
 * entries; within a page in order of place. An id's entry is the three words of its hash and its place, 16 bytes; a user's is its
 * hash and the place, 8 bytes.
 */
const PAGE_ENTRIES = 256;

/** Words of an id's entry. */
export const ID_ENTRY_WORDS = ID_WORDS + 1;

/** Words of a user's entry. */
export const USER_ENTRY_WORDS = 2;

/** Bits of the hash that choose the page, for a segment of `count` events: at least 1. */
export function pageBits(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(Math.max(1, count / PAGE_ENTRIES))));
}

/** Entries sorted into pages: those of page `p` are the words `starts[p] … starts[p + 1]`. */
export interface SegmentPages {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
}

/**
 * Sorts `keys[count, keyWords]` into pages, each followed by its place; keys that are 0 throughout stand for nothing and are left
 * out. Stable. Linear: 50 ms for a million.
 */
export function sortIntoPages(keys: Uint32Array, keyWords: number, count: number, bits: number): SegmentPages {
  const entryWords = keyWords + 1;
  const shift = 32 - bits;
  const starts = new Uint32Array((1 << bits) + 1);
  let entries = 0;
  for (let place = 0; place < count; place++) {
    if (isZero(keys, place * keyWords, keyWords)) continue;
    starts[(keys[place * keyWords]! >>> shift) + 1]! += entryWords;
    entries++;
  }
  for (let page = 0; page < 1 << bits; page++) starts[page + 1]! += starts[page]!;
  const next = starts.slice(0, -1);
  const words = new Uint32Array(entries * entryWords);
  for (let place = 0; place < count; place++) {
    const key = place * keyWords;
    if (isZero(keys, key, keyWords)) continue;
    const page = keys[key]! >>> shift;
    const at = next[page]!;
    for (let word = 0; word < keyWords; word++) words[at + word] = keys[key + word]!;
    words[at + keyWords] = place;
    next[page] = at + entryWords;
  }
  return { words, starts };
}

function isZero(keys: Uint32Array, key: number, keyWords: number): boolean {
  for (let word = 0; word < keyWords; word++) if (keys[key + word] !== 0) return false;
  return true;
}

/** The latest place below `before` with an id's hash in the page that it belongs to; -1 where there is none. */
export function findIdInPage(page: Uint32Array, hash: Uint32Array, before: number): number {
  const [first, second, third] = [hash[0]!, hash[1]!, hash[2]!];
  for (let at = page.length - ID_ENTRY_WORDS; at >= 0; at -= ID_ENTRY_WORDS) {
    if (page[at] === first && page[at + 1] === second && page[at + 2] === third && page[at + 3]! < before) return page[at + 3]!;
  }
  return -1;
}

/** Bits of the filter an event. */
const FILTER_BITS = 16;

/** Words of a filter's block: one line of the processor's cache. */
const BLOCK_WORDS = 16;

/** Bits of the hash that choose a filter's block, for `count` events: at least 1. */
function filterBlockBits(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(Math.max(1, (count * FILTER_BITS) / (BLOCK_WORDS * 32)))));
}

/**
 * A blocked Bloom filter (Putze, Sanders, Singler 2007) over ids' hashes: six bits in one block of 512. At 16 to 32 bits an id, one
 * absent id in a thousand or fewer is taken for present.
 */
export function buildIdFilter(keys: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
  const bits = filterBlockBits(count);
  const filter = new Uint32Array((1 << bits) * BLOCK_WORDS);
  for (let place = 0; place < count; place++) {
    const key = place * ID_WORDS;
    const block = (keys[key + 1]! >>> (32 - bits)) * BLOCK_WORDS;
    for (let probe = 0; probe < 6; probe++) {
      const bit = (keys[key + (probe < 3 ? 0 : 2)]! >>> ((probe % 3) * 9)) & 511;
      filter[block + (bit >>> 5)]! |= 1 << (bit & 31);
    }
  }
  return filter;
}

/** Whether an id may be in a segment; false is certain. */
export function mayHaveId(filter: Uint32Array, hash: Uint32Array): boolean {
  const blocks = filter.length / BLOCK_WORDS;
  const block = (hash[1]! >>> (Math.clz32(blocks) + 1)) * BLOCK_WORDS;
  for (let probe = 0; probe < 6; probe++) {
    const bit = (hash[probe < 3 ? 0 : 2]! >>> ((probe % 3) * 9)) & 511;
    if (((filter[block + (bit >>> 5)]! >>> (bit & 31)) & 1) === 0) return false;
  }
  return true;
}
