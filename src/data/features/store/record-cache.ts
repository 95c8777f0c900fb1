import { createRecordArena, NO_NUMBERS, NO_WORDS, type ArenaSlot } from './record-arena.ts';
import type { RecordMemory } from './record-memory.ts';

/** Records that a reading process holds, so that hot ones are not looked up in the tree again. */
export interface RecordCache {
  /** The record held for a key; its length 0: it is known that there is none. Null: not held. */
  find(key: string): CachedRecord | null;
  /** Holds a record, or with length 0 that there is none; another key may have to go. */
  put(key: string, memory: RecordMemory | null, length: number): CachedRecord;
  /** Lets go of whatever key has this {@link keyHash}, and it may be of another. */
  forget(hash: number): void;
  clear(): void;
}

/** One place of the cache. */
export interface CachedRecord extends ArenaSlot {
  key: string | null;
  /** Bytes. */
  length: number;
}

/** FNV-1a over UTF-16 units, 32 bits. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * Makes a cache with so many places, rounded up to a power of two. A key has one place: no order of use to keep, and a
 * change is forgotten by its hash alone, whichever key it was.
 */
export function createRecordCache(records: number): RecordCache {
  const mask = 2 ** Math.ceil(Math.log2(Math.max(1, records))) - 1;
  let arena = createRecordArena();
  let places: (CachedRecord | undefined)[] = [];
  return {
    find(key) {
      const place = places[placeOf(keyHash(key))];
      return place !== undefined && place.key === key ? place : null;
    },
    put(key, memory, length) {
      const at = placeOf(keyHash(key));
      let place = places[at];
      if (place === undefined) {
        place = { numbers: NO_NUMBERS, words: NO_WORDS, base: 0, capacity: 0, key, length };
        // Sparse at first; a hole is as good as an empty place.
        places[at] = place;
      }
      const doubles = Math.ceil(length / 8);
      if (memory !== null) {
        if (place.capacity < doubles) arena.place(place, doubles, 0);
        place.numbers.set(memory.numbers.subarray(memory.base, memory.base + doubles), place.base);
      }
      place.key = key;
      place.length = length;
      return place;
    },
    forget(hash) {
      const place = places[placeOf(hash)];
      if (place !== undefined) place.key = null;
    },
    clear() {
      places = [];
      arena = createRecordArena();
    },
  };

  /** FNV's low bits are its good ones, its high ones are folded in. */
  function placeOf(hash: number): number {
    return (hash ^ (hash >>> 15)) & mask;
  }
}
