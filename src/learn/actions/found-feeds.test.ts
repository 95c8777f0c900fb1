import { describe, expect, it } from 'vitest';
import { historySearch } from './history-search.ts';
import { someRankingData } from './ranking-data.fixture.ts';
import { rankingFeeds, type RankingSource } from './ranking-feeds.ts';
import { rankingRows } from './ranking-rows.ts';
import { timeGapBucket } from './time-gap.ts';

const k = 4;

/** What a batch says each candidate found: actions by what they are, not by their number in the batch. */
function found(source: RankingSource, lists: Int32Array, maxLength: number) {
  const rows = rankingRows(source.sequences, source.pages, lists, { maxLength, candidatesMax: 20 });
  const { feeds, places } = rankingFeeds(source, lists, rows, null);
  const column = (name: string) => feeds[name]!.data as Int32Array;
  // Numbers of subjects within the batch, told by their ids: each subject of the fixture has one of its own.
  const idOf = (number: number) => (number === 0 ? -1 : column('subjects/ids')[number]! - 2);
  return [...column('examples')].map((cell, example) => ({
    place: places[example]!,
    hits: Array.from({ length: k }, (_, at) => cell * k + at)
      .filter((at) => column('found/places')[at] !== 0)
      .map((at) => {
        const number = column('found/places')[at]!;
        return [idOf(column('found/subjects')[number]!), column('found/actions')[number]! - 1, column('found/intervals')[at]!];
      }),
  }));
}

describe('what is found', () => {
  const { source: plain, all } = someRankingData({ users: 20, actionsMax: 40, pagesMax: 5 });
  const { sequences, pages } = plain;
  const searching = (reach: number): RankingSource => ({
    ...plain,
    search: historySearch(plain.subjects, { kind: 'hard', categories: ['tag'], found: k, reach }),
  });
  const listOf = (place: number) => pages.offsets.findIndex((offset) => offset > place) - 1;

  it.each([
    [1_000, 2],
    [7, 8],
    [1_000, 1_000],
  ])('is the latest of the visible actions with the candidate’s tag, reach %i, however short the window of %i', (reach, maxLength) => {
    let hitsBeyondWindow = 0;
    for (const { place, hits } of found(searching(reach), all, maxLength)) {
      const list = listOf(place);
      const first = sequences.offsets[pages.users[list]!]!;
      const end = first + pages.visible[list]!;
      const tag = pages.subjects[place]! % 4;
      const expected: number[][] = [];
      for (let at = end - 1; at >= Math.max(first, end - reach) && expected.length < k; at--) {
        const subject = sequences.subjects[at]!;
        if (subject < 0 || subject % 4 !== tag) continue;
        expected.push([subject, sequences.actions[at]!, timeGapBucket(pages.timesMs[list]! - sequences.timesMs[at]!)]);
        if (at < end - maxLength) hitsBeyondWindow++;
      }
      expect(hits).toEqual(expected);
    }
    if (reach > maxLength) expect(hitsBeyondWindow).toBeGreaterThan(0);
  });

  it('holds an action once, however many candidates found it, and 0 in its padding', () => {
    const source = searching(1_000);
    const rows = rankingRows(sequences, pages, all, { maxLength: 8, candidatesMax: 20 });
    const { feeds } = rankingFeeds(source, all, rows, null);
    const numbers = new Set((feeds['found/places']!.data as Int32Array).filter((number) => number > 0));
    expect(feeds['found/subjects']!.shape).toEqual([1, numbers.size + 1]);
    for (const name of ['subjects', 'actions', 'surfaces', 'queries', 'gaps', 'values']) expect(feeds[`found/${name}`]!.data[0]).toBe(0);
  });

  it('is not fed to models that do not search', () => {
    const rows = rankingRows(sequences, pages, all, { maxLength: 8, candidatesMax: 20 });
    expect(Object.keys(rankingFeeds(plain, all, rows, null).feeds).filter((name) => name.startsWith('found/'))).toEqual([]);
  });
});
