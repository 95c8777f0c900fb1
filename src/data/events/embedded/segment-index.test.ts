import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashText, TEXT_HASH } from './hash-text.ts';
import { createOpenSegment, ID_WORDS, userHash } from './open-segment.ts';
import { buildIdFilter, findIdInPage, ID_ENTRY_WORDS, mayHaveId, pageBits, sortIntoPages } from './segment-pages.ts';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('add' as const), fc.nat(12), fc.nat(4)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('skip' as const), fc.nat(3), fc.constant(0)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('truncate' as const), fc.nat(5), fc.constant(0)) },
);

describe('the index of a segment', () => {
  it('finds ids and users as a list does, in memory and in pages, whatever was taken back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const segment = createOpenSegment(400);
        let list: { readonly id: string; readonly user: string | null }[] = [];
        let skipped = 0;
        for (const [kind, first, second] of steps) {
          if (kind === 'add') {
            const user = second === 0 ? null : `user-${second}`;
            list.push({ id: `id-${first}`, user });
            hashText(`id-${first}`);
            segment.addId();
            segment.addUser(userHash(user));
          } else if (kind === 'skip') {
            for (let at = 0; at < first; at++) list.push({ id: '', user: null });
            segment.skip(first);
            // What is passed over is never taken back: it was on the disk before.
            skipped = list.length;
          } else {
            list = list.slice(0, Math.max(skipped, list.length - first));
            segment.truncate(list.length);
          }
        }
        expect(segment.count()).toBe(list.length);
        const bits = pageBits(list.length);
        const ids = sortIntoPages(segment.ids, ID_WORDS, list.length, bits);
        const users = sortIntoPages(segment.users, 1, list.length, bits);
        const filter = buildIdFilter(segment.ids, list.length);
        for (let id = 0; id <= 13; id++) {
          const places = list.flatMap((entry, at) => (entry.id === `id-${id}` ? [at] : [])).toReversed();
          hashText(`id-${id}`);
          const hash = TEXT_HASH.slice();
          const page = hash[0]! >>> (32 - bits);
          const words = ids.words.subarray(ids.starts[page]!, ids.starts[page + 1]!);
          expect(words.length % ID_ENTRY_WORDS).toBe(0);
          expect(walk((before) => segment.findId(before))).toEqual(places);
          expect(walk((before) => findIdInPage(words, hash, before))).toEqual(places);
          if (places.length > 0) expect(mayHaveId(filter, hash)).toBe(true);
        }
        for (let user = 1; user <= 5; user++) {
          const places = list.flatMap((entry, at) => (entry.user === `user-${user}` ? [at] : []));
          const hash = userHash(`user-${user}`);
          const page = hash >>> (32 - bits);
          const words = [...users.words.subarray(users.starts[page], users.starts[page + 1])];
          expect(walk((before) => segment.findUser(hash, before))).toEqual(places.toReversed());
          expect(words.filter((_, at) => at % 2 === 1 && words[at - 1] === hash)).toEqual(places);
        }
        // Events without a user stand nowhere.
        expect(users.words.length).toBe(list.filter((entry) => entry.user !== null).length * 2);
      }),
    );
  });

  it('takes one absent id in some hundred for present at most', () => {
    const segment = createOpenSegment(5000);
    for (let at = 0; at < 5000; at++) {
      hashText(`here-${at}`);
      segment.addId();
    }
    const filter = buildIdFilter(segment.ids, 5000);
    let wrong = 0;
    for (let at = 0; at < 20_000; at++) {
      hashText(`absent-${at}`);
      if (mayHaveId(filter, TEXT_HASH)) wrong++;
    }
    expect(wrong).toBeLessThan(100);
  });
});

function walk(find: (before: number) => number): number[] {
  const places: number[] = [];
  for (let place = find(1e9); place >= 0; place = find(place)) places.push(place);
  return places;
}
