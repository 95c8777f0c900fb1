import { describe, expect, test } from 'vitest';
import {
  count,
  decayed,
  distinct,
  last,
  quantile,
  ratio,
  sliding,
  sum,
  timeSince,
  top,
  tumbling,
  volumeSurge,
} from '../../data/features/declare.ts';
import { platformFeatures } from '../../data/features/platform-features.ts';
import { featureWords, valueWords } from './feature-words.ts';

const clicks = { actions: ['click'] } as const;
const week = sliding('7d', '1d');

describe('featureWords', () => {
  test.each([
    [count(), 'count of all events, ever'],
    [count({ where: { ...clicks, subjectKinds: ['content'], surfaces: ['feed'], valueMin: 3 }, window: tumbling('1d') }), 'count of click about content on feed of 3 or more, last whole 1d'],
    [sum({ where: clicks, of: 'value', window: week }), 'sum of value of click, 7d by 1d'],
    [ratio({ numerator: { where: clicks, of: 'value' }, denominator: {} }), 'ratio of value of click / all events, ever'],
    [decayed({ where: { actions: ['like', 'share', 'follow', 'comment', 'click'] }, halfLife: '90s' }), 'decayed of like, share, follow and 2 more, half each 90s'],
    [last({ where: clicks, of: 'subject', count: 3 }), 'last 3 of subject of click, –'],
    [timeSince({ where: clicks }), 'time since of click, –'],
    [distinct({ where: clicks, of: 'user', window: week }), 'distinct of users of click, 7d by 1d'],
    [top({ where: clicks, of: 'tag', count: 4, window: week }), 'top 4 of tags of click, 7d by 1d'],
    [quantile({ where: clicks, quantile: 0.5, window: week }), 'median of value of click, 7d by 1d'],
    [quantile({ where: clicks, quantile: 0.9, window: week }), 'quantile 0.9 of value of click, 7d by 1d'],
    [volumeSurge({ window: sliding('1h', '5m'), baseline: week }), 'volume surge of quantity of price, 1h by 5m over 7d by 1d'],
  ])('%#: %o', (definition, expected) => {
    const { kind, of, window } = featureWords(definition);
    expect(`${kind} of ${of}, ${window}`).toBe(expected);
  }); // prettier-ignore

  test('no feature of the platform takes more than a line of 120 characters', () => {
    for (const { features } of platformFeatures) {
      for (const [name, definition] of Object.entries(features)) {
        const { kind, of, window } = featureWords(definition);
        expect(`${name} ${kind} ${of} ${window}`.length, name).toBeLessThan(120);
      }
    }
  });
});

describe('valueWords', () => {
  const posts = last({ of: 'subject', count: 50 });
  test.each([
    [count(), 12, '12'],
    [decayed({ halfLife: '1d' }), 0.123_456_789, '0.123457'],
    [timeSince(), 90_000, '1 min 30 s'],
    [timeSince(), null, '–'],
    [posts, [], 'none'],
    [posts, ['a', 'b\u001B[2J'], 'a, b.[2J'],
    [posts, ['a', 'b', 'c', 'd', 'e'], '… b, c, d, e (5)'],
    [top({ of: 'tag', count: 5, window: week }), ['a', 'b', 'c', 'd', 'e'], 'a, b, c, d … (5)'],
    [last({ of: 'time', count: 2 }), ['1772357400000'], '2026-03-01 09:30:00'],
  ])('%#: of %o', (definition, value, expected) => {
    expect(valueWords(definition, value)).toBe(expected);
  });
});
