import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ActionSequences, SubjectTable } from '../../learn/actions/action-sequences.ts';
import type { ImpressionLists } from '../../learn/actions/impression-lists.ts';
import { placesOfLists, takePlaces } from './places-of-lists.ts';
import { PROFILE_TIERS, profileTiers } from './profile-tier.ts';
import { segmentsOf } from './segments-of.ts';

const DAY = 86_400_000;

/** Users' actions as [subject, day]; pages as [user, visible, day, subjects]. Subject s has the tag s mod 4, but for the last, which has none. */
function world(
  actions: readonly (readonly (readonly [number, number])[])[],
  pages: readonly (readonly [number, number, number, readonly number[]])[],
) {
  const flat = actions.flat();
  const offsets = Int32Array.from([0, ...actions.map((_, user) => actions.slice(0, user + 1).flat().length)]);
  const subjectCount = 1 + Math.max(0, ...flat.map(([subject]) => subject), ...pages.flatMap(([, , , subjects]) => subjects));
  const tagged = subjectCount - 1;
  const sequences: ActionSequences = {
    vocabulary: {
      actions: ['click'],
      domains: ['content'],
      domainOfAction: new Uint8Array(1),
      surfaces: ['', 'feed'],
      kinds: ['content', 'feature'],
    },
    ...{ userCount: actions.length, offsets, subjects: Int32Array.from(flat, ([subject]) => subject) },
    ...{
      actions: new Uint8Array(flat.length),
      surfaces: new Uint8Array(flat.length),
      timesMs: Float64Array.from(flat, ([, day]) => day * DAY),
    },
    ...{ values: new Float32Array(flat.length), queries: new Int32Array(flat.length).fill(-1), queryTexts: [] },
  };
  const subjects: SubjectTable = {
    ...{
      count: subjectCount,
      keys: Array.from({ length: subjectCount }, (_, at) => `content:${at}`),
      kinds: Uint8Array.from({ length: subjectCount }, (_, at) => at % 2),
      texts: Array<string>(subjectCount).fill(''),
    },
    ...{ authors: new Int32Array(subjectCount).fill(-1), authorIds: [], tagNames: ['a', 'b', 'c', 'd'] },
    tags: {
      offsets: Int32Array.from({ length: subjectCount + 1 }, (_, at) => Math.min(at, tagged)),
      values: Int32Array.from({ length: tagged }, (_, at) => at % 4),
    },
    mentions: { offsets: new Int32Array(subjectCount + 1), values: new Int32Array(0) },
    ...{ createdMs: new Float64Array(subjectCount), embeddings: null },
  };
  const places = pages.flatMap(([, , , shown]) => shown);
  const lists: ImpressionLists = {
    listCount: pages.length,
    offsets: Int32Array.from([0, ...pages.map((_, list) => pages.slice(0, list + 1).flatMap(([, , , shown]) => shown).length)]),
    users: Int32Array.from(pages, ([user]) => user),
    timesMs: Float64Array.from(pages, ([, , day]) => day * DAY),
    surfaces: Uint8Array.from(pages, (_, list) => list % 2),
    queries: new Int32Array(pages.length).fill(-1),
    visible: Int32Array.from(pages, ([, visible]) => visible),
    subjects: Int32Array.from(places),
    positions: Uint16Array.from(pages.flatMap(([, , , shown]) => shown.map((_, at) => at))),
    propensities: new Float32Array(places.length),
  };
  return { sequences, subjects, lists };
}

it('tells tier, new item, new user, kind, surface and what is known of users', () => {
  const one = Array.from({ length: 12 }, (_, at) => [0, at / 12] as const);
  const { sequences, subjects, lists } = world(
    [one, [[1, 5.5]], []],
    [
      [0, 12, 6, [0, 1, 2]],
      [0, 5, 2, [2]],
      [1, 0, 6, [1]],
      [2, 0, 3, [3]],
    ],
  );
  const places = placesOfLists(lists);
  const segments = segmentsOf({
    ...{ sequences, subjects, lists, places, trainedUntilMs: 5 * DAY, tiers: { exploringFrom: 6, stableFrom: 10 } },
    userAttributes: [{ name: 'jurisdiction', names: ['', 'DE', 'SG'], codes: Uint16Array.of(1, 2, 0) }],
  });
  const told = segments.map(({ name, names, codes }) => [name, Array.from(codes, (code) => names[code] ?? null)]);
  expect(Object.fromEntries(told)).toEqual({
    tier: ['stable', 'stable', 'stable', 'cold start', 'cold start', 'cold start'],
    // Subject 1 is first met on day 5.5, subject 2 on a page of day 2, subject 3 on day 3.
    item: ['known item', 'new item', 'known item', 'known item', 'new item', 'known item'],
    user: ['known user', 'known user', 'known user', 'known user', 'new user', 'known user'],
    kind: ['content', 'feature', 'content', 'content', 'feature', 'feature'],
    surface: [null, null, null, 'feed', null, 'feed'],
    jurisdiction: ['DE', 'DE', 'DE', 'DE', 'SG', null],
  });
});

it('keeps the 23 most frequent values of an attribute, and puts the rest together', () => {
  const users = Array.from({ length: 40 }, (_, user) => user);
  const pages = users.map((user) => [user, 0, 1, Array.from({ length: user + 1 }, () => 0)] as const);
  const { sequences, subjects, lists } = world(
    users.map(() => []),
    pages,
  );
  const attribute = { name: 'language', names: users.map((user) => `l${user}`), codes: Uint8Array.from(users) };
  const places = placesOfLists(lists);
  const segments = segmentsOf({ sequences, subjects, lists, places, trainedUntilMs: 0, userAttributes: [attribute] });
  const { names, codes } = segments.find(({ name }) => name === 'language')!;
  expect(names).toEqual([...users.slice(17).map((user) => `l${user}`), 'others']);
  expect([codes[0], codes.at(-1)]).toEqual([23, 22]);
  expect(names[codes[places.users.indexOf(17)]!]).toBe('l17');
  expect(names[codes[places.users.indexOf(16)]!]).toBe('others');
});

it('takes the tier from the visible actions as a plain count of each list would', () => {
  const history = fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(history, { minLength: 1, maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(3), fc.nat(40)), { minLength: 1, maxLength: 8 }),
      (histories, asked) => {
        const pages = asked.map(([user, visible]) => {
          const own = user % histories.length;
          return [own, Math.min(visible, histories[own]!.length), 1, [0]] as const;
        });
        const { sequences, subjects, lists } = world(
          histories.map((own) => own.map((subject) => [subject, 0] as const)),
          pages,
        );
        const limits = { exploringFrom: 4, stableFrom: 8, evennessMax: 0.7 };
        const topic = (subject: number) => (subject < subjects.count - 1 ? subject % 4 : 4 + (subject % 2));
        const topicCount = 1 + Math.max(3, ...Array.from({ length: subjects.count }, (_, subject) => topic(subject)));
        const expected = pages.map(([user, visible]) => {
          const topics = histories[user]!.slice(0, visible)
            .filter((subject) => subject >= 0)
            .map(topic);
          const shares = [...new Set(topics)].map((each) => topics.filter((other) => other === each).length / topics.length);
          const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
          const most = Math.log(Math.min(topicCount, topics.length));
          const even = topics.length > 1 && most > 0 ? entropy / most : 0;
          fc.pre(Math.abs(even - limits.evennessMax) > 1e-9);
          return visible < 4 ? 0 : visible >= 8 && even <= 0.7 ? 2 : 1;
        });
        expect(Array.from(profileTiers(lists, sequences, subjects, limits), (code) => PROFILE_TIERS[code])).toEqual(
          expected.map((code) => PROFILE_TIERS[code]),
        );
      },
    ),
    { numRuns: 60 },
  );
});

it('takes the places of lists by list and position, with the columns of the data', () => {
  const { lists } = world(
    [[], []],
    [
      [0, 0, 1, [5, 6]],
      [0, 0, 2, [7]],
      [1, 0, 3, [8, 9, 4]],
    ],
  );
  const shuffled = { ...lists, positions: Uint16Array.of(1, 0, 0, 2, 0, 1) };
  const places = placesOfLists(shuffled, Int32Array.of(2, 0));
  expect(Array.from(places.lists)).toEqual([0, 0, 2, 2, 2]);
  expect(Array.from(places.subjects)).toEqual([6, 5, 9, 4, 8]);
  expect(Array.from(takePlaces(places, Float32Array.of(0, 1, 2, 3, 4, 5)))).toEqual([1, 0, 4, 5, 3]);
  expect(() => placesOfLists(lists, Int32Array.of(3))).toThrow(/list 3 is asked for, and there are 3/);
  expect(() => placesOfLists(lists, Int32Array.of(1, 1))).toThrow(/list 1 is asked for twice/);
});
