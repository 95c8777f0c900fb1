import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRankingData } from './ranking-data.fixture.ts';
import { keepDomains } from './keep-domains.ts';
import { denseFeatureCount, denseReader } from './dense-features.ts';
import { historySearch } from './history-search.ts';
import { momentFeatureCount, momentReader } from './moment-features.ts';
import { rankingFeeds, type RankingSource } from './ranking-feeds.ts';
import { comparedFrom, historyStart, rankingBatches, rankingRows } from './ranking-rows.ts';
import { subjectIdRows } from './subject-features.ts';

const someData = fc.integer({ min: 1, max: 10_000 }).map((seed) => someRankingData({ seed, users: 8, pagesMax: 6 }));
const rowOptions = fc.record({ maxLength: fc.integer({ min: 2, max: 12 }), candidatesMax: fc.integer({ min: 1, max: 20 }) });

describe('rows', () => {
  it('hold every page once, with the history that it reads by itself', () => {
    fc.assert(
      fc.property(someData, rowOptions, ({ source, all }, options) => {
        const { sequences, pages } = source;
        const rows = rankingRows(sequences, pages, all, options);
        const found = rows.flatMap(({ from, to }) => Array.from(all.subarray(from, to)));
        expect(found).toEqual([...all]);
        for (const row of rows) {
          const lists = [...all.subarray(row.from, row.to)];
          const sizes = lists.map((list) => pages.offsets[list + 1]! - pages.offsets[list]!);
          expect(row.candidates).toBe(sizes.reduce((a, b) => a + b, 0));
          if (lists.length > 1) expect(row.candidates).toBeLessThanOrEqual(options.candidatesMax);
          const first = sequences.offsets[row.user]!;
          for (const list of lists) {
            expect(pages.users[list]).toBe(row.user);
            expect(row.start).toBe(first + historyStart(pages.visible[list]!, options.maxLength));
            expect(row.stop).toBeGreaterThanOrEqual(first + pages.visible[list]!);
          }
          expect(row.stop - row.start).toBeLessThanOrEqual(options.maxLength);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('begin where at most maxLength and at least half of it are read, and move on by half of it', () => {
    for (let maxLength = 2; maxLength < 12; maxLength++) {
      for (let visible = 0; visible < 60; visible++) {
        const start = historyStart(visible, maxLength);
        expect(start % (maxLength >> 1)).toBe(0);
        expect(visible - start).toBeLessThanOrEqual(maxLength);
        if (start > 0) expect(visible - start).toBeGreaterThan(maxLength - 1 - (maxLength >> 1));
      }
    }
  });

  it('become batches that hold each once, within bounds, in an order that follows from seed and epoch', () => {
    const { source, all } = someRankingData({ users: 60 });
    const rows = rankingRows(source.sequences, source.pages, all, { maxLength: 8, candidatesMax: 12 });
    const options = { candidatesPerBatch: 40, rowsMax: 5, seed: 3 };
    const batches = rankingBatches(rows, options, 2);
    expect(new Set(batches.flat())).toEqual(new Set(rows));
    expect(batches.flat()).toHaveLength(rows.length);
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(5);
      if (batch.length > 1) expect(batch.length * Math.max(...batch.map(({ candidates }) => candidates))).toBeLessThanOrEqual(40);
    }
    expect(rankingBatches(rows, options, 2)).toEqual(batches);
    expect(rankingBatches(rows, options, 3)).not.toEqual(batches);
  });
});

/** What a candidate has in common with some actions, from the beginning. */
function denseOf({ subjects, sequences }: RankingSource, subject: number, timeMs: number, from: number, to: number): Float32Array {
  const reader = denseReader(subjects);
  for (let at = from; at < to; at++) reader.see(sequences.subjects[at]!, sequences.timesMs[at]!);
  const dense = new Float32Array(denseFeatureCount);
  reader.describe(subject, timeMs, dense, 0);
  return dense;
}

/** What a user is like after some actions, from the beginning. */
function momentOf({ sequences }: RankingSource, timeMs: number, from: number, to: number): Float32Array {
  const actions = sequences.vocabulary.actions.length;
  const reader = momentReader(actions);
  for (let at = from; at < to; at++) reader.see(sequences.actions[at]!, sequences.timesMs[at]!);
  const moment = new Float32Array(momentFeatureCount(actions));
  reader.describe(timeMs, moment, 0);
  return moment;
}

describe('feeds', () => {
  it('say of each candidate and action what the data say, whatever row and number it got', () => {
    fc.assert(
      fc.property(
        someData,
        rowOptions,
        fc.constantFrom(null, new Set([0]), new Set([1, 2])),
        ({ source: whole, all }, options, domains) => {
          const source = { ...whole, domains };
          const { sequences, pages, subjects } = source;
          const rows = rankingRows(sequences, pages, all, options);
          const { feeds, places, pageOffsets } = rankingFeeds(source, all, rows, null);
          const [batch, length] = feeds['history/actions']!.shape as [number, number];
          const candidates = feeds['candidates/subjects']!.shape[1]!;
          const value = (name: string, at: number) => Number(feeds[name]!.data[at]);
          const idOf = (local: number) => value('subjects/ids', local);
          expect(batch).toBe(rows.length);
          expect([...places].sort((a, b) => a - b)).toEqual([...pages.subjects.keys()]);
          const dense = feeds['candidates/dense']!.data as Float32Array;
          const moments = feeds['pages/moments']!.data as Float32Array;
          const width = momentFeatureCount(sequences.vocabulary.actions.length);
          let example = 0;
          let page = 0;
          rows.forEach((row, index) => {
            const kept: number[] = [];
            for (let at = row.start; at < row.stop; at++) {
              if (domains === null || domains.has(sequences.vocabulary.domainOfAction[sequences.actions[at]!]!)) kept.push(at);
            }
            for (let place = 0; place < length; place++) {
              const cell = index * length + place;
              const at = row.start + place < row.stop ? row.start + place : undefined;
              expect(value('history/actions', cell)).toBe(at === undefined ? 0 : sequences.actions[at]! + 1);
              if (at === undefined) continue;
              const subject = sequences.subjects[at]!;
              expect(idOf(value('history/subjects', cell))).toBe(subject < 0 ? subjectIdRows.none : subjects.ids[subject]);
              expect(value('history/queries', cell) > 0).toBe(sequences.queries[at]! >= 0);
              expect(value('history/seconds', cell)).toBe(Math.round((sequences.timesMs[at]! - sequences.timesMs[row.start]!) / 1000));
            }
            for (let list = row.from; list < row.to; list++) {
              const end = sequences.offsets[row.user]! + pages.visible[all[list]!]!;
              const visible = end - row.start;
              for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++, example++) {
                const cell = value('examples', example);
                expect(places[example]).toBe(place);
                expect(Math.floor(cell / candidates)).toBe(index);
                expect(idOf(value('candidates/subjects', cell))).toBe(subjects.ids[pages.subjects[place]!]);
                expect(value('candidates/visible', cell)).toBe(visible);
                expect(value('candidates/lists', cell)).toBe(list - row.from + 1);
                expect(dense.subarray(cell * denseFeatureCount, (cell + 1) * denseFeatureCount)).toEqual(
                  denseOf(source, pages.subjects[place]!, pages.timesMs[list]!, row.start, end),
                );
                const page = value('candidates/pages', cell);
                expect(page).toBe(index * feeds['pages/visible']!.shape[1]! + list - row.from);
                expect(value('pages/visible', page)).toBe(visible);
                expect(moments.subarray(page * width, (page + 1) * width)).toEqual(
                  momentOf(source, pages.timesMs[list]!, sequences.offsets[row.user]!, end),
                );
                expect(value('pages/seconds', page)).toBe(value('candidates/seconds', cell));
              }
              expect(pageOffsets[++page]).toBe(example);
            }
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('compare candidates with all that a search reaches, not with the stretch alone', () => {
    const { source: plain, all } = someRankingData({ users: 5, actionsMax: 60 });
    const source = { ...plain, search: historySearch(plain.subjects, { kind: 'hard', categories: ['tag'], found: 3, reach: 30 }) };
    const { sequences, pages } = source;
    const rows = rankingRows(sequences, pages, all, { maxLength: 8, candidatesMax: 60 });
    const { feeds, places } = rankingFeeds(source, all, rows, null);
    const dense = feeds['candidates/dense']!.data as Float32Array;
    let further = 0;
    places.forEach((place, example) => {
      const list = pages.offsets.findIndex((offset) => offset > place) - 1;
      const visible = pages.visible[list]!;
      const first = sequences.offsets[pages.users[list]!]!;
      const from = first + comparedFrom(historyStart(visible, 8), visible, 30);
      if (from < first + historyStart(visible, 8)) further++;
      const cell = Number(feeds['examples']!.data[example]);
      expect(dense.subarray(cell * denseFeatureCount, (cell + 1) * denseFeatureCount)).toEqual(
        denseOf(source, pages.subjects[place]!, pages.timesMs[list]!, from, first + visible),
      );
    });
    expect(further).toBeGreaterThan(10);
  });

  it('hide ids in training alone, and never that there is none', () => {
    const { source, all } = someRankingData();
    const rows = rankingRows(source.sequences, source.pages, all, { maxLength: 8, candidatesMax: 12 });
    const ids = (noise: Parameters<typeof rankingFeeds>[3]) =>
      rankingFeeds(source, all, rows, noise).feeds['subjects/ids']!.data as Int32Array;
    const plain = ids(null);
    const hidden = ids({ idDropout: 0.5, seed: 1, step: 4 });
    expect(hidden[0]).toBe(subjectIdRows.none);
    const share = hidden.filter((id, at) => id === subjectIdRows.unknown && plain[at] !== id).length / plain.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
    expect(ids({ idDropout: 0.5, seed: 1, step: 4 })).toEqual(hidden);
  });
});

describe('kept domains', () => {
  it('leave what a log without the others would hold, to sequences and to pages', () => {
    fc.assert(
      fc.property(someData, fc.constantFrom([0], [1, 2], [2], []), ({ source: { sequences, pages } }, codes) => {
        const domains = new Set<number>(codes);
        const isKept = (at: number) => domains.has(sequences.vocabulary.domainOfAction[sequences.actions[at]!]!);
        const all = [...sequences.actions.keys()];
        const kept = keepDomains(sequences, pages, domains);
        expect([...kept.sequences.timesMs]).toEqual(all.filter(isKept).map((at) => sequences.timesMs[at]));
        expect([...kept.sequences.subjects]).toEqual(all.filter(isKept).map((at) => sequences.subjects[at]));
        for (let user = 0; user <= sequences.userCount; user++) {
          expect(kept.sequences.offsets[user]).toBe(all.slice(0, sequences.offsets[user]).filter(isKept).length);
        }
        for (let list = 0; list < pages.listCount; list++) {
          const first = sequences.offsets[pages.users[list]!]!;
          expect(kept.pages.visible[list]).toBe(all.slice(first, first + pages.visible[list]!).filter(isKept).length);
        }
      }),
      { numRuns: 30 },
    );
  });
});
