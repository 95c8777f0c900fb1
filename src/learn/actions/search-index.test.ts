import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RaggedIndices, SubjectTable } from './action-sequences.ts';
import { createSearchIndexCache } from './search-index-cache.ts';
import { createSearchIndex, SearchSubjectError } from './search-index.ts';
import { searchKeys, type SearchKeys } from './search-keys.ts';
import { markWidth, subjectFeatures } from './subject-features.ts';

function ragged(lists: readonly (readonly number[])[]): RaggedIndices {
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, at) => (offsets[at + 1] = offsets[at]! + list.length));
  return { offsets, values: Int32Array.from(lists.flat()) };
}

/** Keys that are given as they are. */
function keysOf(lists: readonly (readonly number[])[]): SearchKeys {
  return {
    count: lists.length,
    read(subject, into) {
      into.set(lists[subject]!);
      return lists[subject]!.length;
    },
  };
}

/** Looks through the whole history, from its end. */
function bruteForce(
  lists: readonly (readonly number[])[],
  history: readonly number[],
  subject: number,
  visible: number,
  reach: number,
  k: number,
) {
  const found: number[] = [];
  for (let place = Math.min(visible, history.length) - 1; place >= Math.max(0, visible - reach) && found.length < k; place--) {
    const other = history[place]!;
    if (other >= 0 && lists[other]!.some((key) => lists[subject]!.includes(key))) found.push(place);
  }
  return found;
}

const worlds = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 4 }), { minLength: 1, maxLength: 8 }).chain((lists) =>
  fc.record({
    lists: fc.constant(lists),
    history: fc.array(fc.integer({ min: -1, max: lists.length - 1 }), { maxLength: 120 }),
    searches: fc.array(fc.record({ subject: fc.nat(lists.length - 1), visible: fc.nat(130), k: fc.integer({ min: 1, max: 9 }) }), {
      minLength: 1,
      maxLength: 10,
    }),
    reach: fc.integer({ min: 1, max: 60 }),
  }),
);

describe('a search index', () => {
  it('finds what looking through the whole history finds', () => {
    fc.assert(
      fc.property(worlds, ({ lists, history, searches, reach }) => {
        const index = createSearchIndex({ keys: keysOf(lists), reach });
        for (const subject of history) index.append(subject);
        for (const { subject, visible, k } of searches) {
          const into = new Int32Array(k + 2).fill(-7);
          const count = index.search(subject, visible, into, 1, k);
          expect([...into.subarray(1, 1 + count)]).toEqual(bruteForce(lists, history, subject, visible, reach, k));
          expect([into[0], ...into.subarray(1 + count)]).toEqual(Array.from({ length: k + 2 - count }, () => -7));
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('tells its memory: more for every category, and for what it holds of each', () => {
    const index = createSearchIndex({ keys: keysOf([[1], [2, 3]]) });
    expect(index.bytes()).toBe(0);
    index.append(-1);
    expect(index.bytes()).toBe(0);
    index.append(0);
    const one = index.bytes();
    index.append(1);
    expect(index.bytes()).toBe(3 * one);
    for (let at = 0; at < 100; at++) index.append(0);
    expect(index.bytes()).toBeGreaterThanOrEqual(3 * one + 4 * 97);
    expect(index.bytes()).toBeLessThanOrEqual(3 * one + 8 * 101);
  });

  it('names a subject that it does not know', () => {
    const index = createSearchIndex({ keys: keysOf([[1]]) });
    expect(() => index.append(1)).toThrow(SearchSubjectError);
    expect(() => index.search(3, 1, new Int32Array(1), 0, 1)).toThrow(/subject 3 has no categories: the table has subjects 0 to 0/);
    expect(index.length()).toBe(0);
    expect(index.search(-1, 1, new Int32Array(1), 0, 1)).toBe(0);
  });
});

describe('the cache of indexes', () => {
  it('extends an index by new actions and gives what a new one would, whoever was asked for between', () => {
    fc.assert(
      fc.property(worlds, fc.array(fc.record({ user: fc.nat(3), grow: fc.nat(20) }), { maxLength: 20 }), (world, requests) => {
        const { lists, history, reach } = world;
        const cache = createSearchIndexCache({ keys: keysOf(lists), reach, usersMax: 2 });
        const lengths = [0, 0, 0, 0];
        for (const { user, grow } of requests) {
          const length = (lengths[user] = Math.min(history.length, lengths[user]! + grow));
          const index = cache.of(user, Int32Array.from(history.slice(0, length)));
          expect(cache.size()).toBeLessThanOrEqual(2);
          expect(index.length()).toBe(length);
          const into = new Int32Array(5);
          for (let subject = 0; subject < lists.length; subject++) {
            const count = index.search(subject, length, into, 0, 5);
            expect([...into.subarray(0, count)]).toEqual(bruteForce(lists, history.slice(0, length), subject, length, reach, 5));
          }
        }
      }),
      { seed: 9, numRuns: 100 },
    );
  });
});

describe('searchKeys', () => {
  const table: SubjectTable = {
    count: 4,
    keys: ['content:a', 'content:b', 'instrument:x', 'content:c'],
    kinds: Uint8Array.of(0, 0, 1, 0),
    texts: ['', '', '', ''],
    authors: Int32Array.of(5, 5, -1, 2),
    authorIds: ['a', 'b', 'c', 'd', 'e', 'f'],
    tagNames: ['defi', 'news'],
    tags: ragged([[0], [0, 1], [], [1]]),
    // What is mentioned may mention itself.
    mentions: ragged([[2], [], [2], []]),
    createdMs: new Float64Array(4),
    embeddings: null,
  };
  const features = {
    ...{ buckets: 8, gramsMax: 2, idBuckets: 4, authorBuckets: 4, topicBuckets: 8 },
    ...{ known: () => true, knownAuthor: () => true },
  };
  const sharing = (categories: Parameters<typeof searchKeys>[1]) => {
    const found = searchKeys({ marks: subjectFeatures(table, features).marks }, categories);
    expect(found.count).toBe(4);
    const keys = (at: number) => {
      const into = new Int32Array(markWidth);
      return [...into.subarray(0, found.read(at, into))];
    };
    const pairs: string[] = [];
    for (let a = 0; a < 4; a++) {
      expect(keys(a)).toEqual([...new Set(keys(a))]);
      for (let b = a + 1; b < 4; b++) if (keys(a).some((key) => keys(b).includes(key))) pairs.push(`${a}${b}`);
    }
    return pairs;
  };

  it('lets subjects share a number where they share a category', () => {
    expect(sharing(['tag'])).toEqual(['01', '13']);
    expect(sharing(['first-tag'])).toEqual(['01']);
    expect(sharing(['author'])).toEqual(['01']);
    expect(sharing(['kind'])).toEqual(['01', '03', '13']);
    expect(sharing(['mention'])).toEqual(['02']);
    expect(sharing(['tag', 'mention'])).toEqual(['01', '02', '13']);
    expect(sharing([])).toEqual([]);
  });

  it('gives a subject the same numbers in every table that holds it', () => {
    const turned: SubjectTable = {
      ...table,
      count: 2,
      keys: ['instrument:x', 'content:a'],
      kinds: Uint8Array.of(1, 0),
      texts: ['', ''],
      authors: Int32Array.of(-1, 0),
      authorIds: ['f'],
      tagNames: ['news', 'defi'],
      tags: ragged([[], [1]]),
      mentions: ragged([[0], [0]]),
      createdMs: new Float64Array(2),
    };
    const read = (of: SubjectTable, subject: number) => {
      const into = new Int32Array(markWidth);
      const count = searchKeys(subjectFeatures(of, features), ['tag', 'author', 'kind', 'mention']).read(subject, into);
      return [...into.subarray(0, count)];
    };
    expect(read(turned, 1)).toEqual(read(table, 0));
    expect(read(turned, 1)).toHaveLength(5);
    expect(read(turned, 0)).toEqual(read(table, 2));
  });
});
