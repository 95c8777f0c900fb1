import { expect, it } from 'vitest';
import { areaUnderCurve } from '../../../evaluation/binary/area-under-curve.ts';
import { someRankingData } from '../../../actions/ranking-data.fixture.ts';
import { linearRanking } from './linear-ranking.ts';
import { FEATURES_MAX, pageFeatures } from './page-features.ts';
import { popularityRanking } from './popularity-ranking.ts';

const { source, table, labels, all } = someRankingData({ seed: 5, users: 500, pagesMax: 6 });
const columns = { sequences: source.sequences, pages: source.pages, subjects: table };
const { users } = source.pages;
const parts = { train: all.filter((list) => users[list]! < 350), score: all.filter((list) => users[list]! >= 350) };
const placesOf = (lists: Int32Array) =>
  [...lists].flatMap((list) =>
    Array.from({ length: source.pages.offsets[list + 1]! - source.pages.offsets[list]! }, (_, at) => source.pages.offsets[list]! + at),
  );
const aucOf = (scores: Float32Array, task: 'click' | 'buy') => {
  const places = placesOf(parts.score).filter((place) => !Number.isNaN(labels[task]![place]!));
  return areaUnderCurve({ scores: places.map((place) => scores[place]!), labels: places.map((place) => labels[task]![place]!) });
};

it('the linear model finds that users like what they acted on before', async () => {
  const scores = await linearRanking(columns, labels, parts, { epochs: 4 });
  expect(aucOf(scores['click']!, 'click')).toBeGreaterThan(0.7);
  expect(aucOf(scores['buy']!, 'buy')).toBeGreaterThan(0.65);
  const asked = new Set(placesOf(parts.score));
  scores['click']!.forEach((score, place) => expect(Number.isNaN(score)).toBe(!asked.has(place)));
  expect(await linearRanking(columns, labels, parts, { epochs: 4 })).toEqual(scores);
});

it('features know what was visible and no more', () => {
  const tell = (visible: Int32Array) => {
    const features = pageFeatures({ ...columns, pages: { ...source.pages, visible } }, 1 << 20);
    const told: string[] = [];
    for (const list of all) features.page(list, (place, found, count) => void told.push(`${place}: ${found.subarray(0, count).join(' ')}`));
    return told;
  };
  const whole = tell(source.pages.visible);
  expect(tell(source.pages.visible)).toEqual(whole);
  const nothing = tell(new Int32Array(source.pages.listCount));
  const withHistory = all.find((list) => source.pages.visible[list]! > 3)!;
  expect(nothing[source.pages.offsets[withHistory]!]).not.toBe(whole[source.pages.offsets[withHistory]!]);
  expect(Math.max(...whole.map((line) => line.split(' ').length - 1))).toBeLessThanOrEqual(FEATURES_MAX);
});

it('popularity is the share of positives, drawn to that of the kind where little was shown', () => {
  const scores = popularityRanking(columns, labels, parts, 10);
  const subject = 7;
  const shownOf = (pick: (at: number) => boolean) => placesOf(parts.train).filter((place) => pick(source.pages.subjects[place]!));
  const rate = (places: readonly number[]) => places.reduce((sum, place) => sum + labels['click']![place]!, 0);
  const own = shownOf((at) => at === subject);
  const kind = shownOf((at) => table.kinds[at] === table.kinds[subject]);
  const prior = (rate(kind) + 0.5) / (kind.length + 1);
  const place = placesOf(parts.score).find((at) => source.pages.subjects[at] === subject)!;
  expect(scores['click']![place]).toBeCloseTo((rate(own) + 10 * prior) / (own.length + 10), 6);
});
