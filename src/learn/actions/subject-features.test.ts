import { expect, it } from 'vitest';
import { someRankingData } from './ranking-data.fixture.ts';
import { fitActions, scaledValue } from './fit-actions.ts';
import { markWidth, subjectFeatures, subjectIdRows, topicsMax } from './subject-features.ts';
import { timeGapBucketCount } from '../nn/time-gap-buckets.ts';
import { timeGapBucket } from './time-gap.ts';

const { table, source } = someRankingData();
const options = { buckets: 1_000, gramsMax: 8, idBuckets: 10, authorBuckets: 2, topicBuckets: 1_000 };

it('known subjects and authors have a row, folded onto those there are; others share that of the unknown', () => {
  const { ids, authors, kinds } = subjectFeatures(table, { ...options, known: (at) => at < 30, knownAuthor: (author) => author !== 1 });
  expect(ids[3]).toBe(subjectIdRows.first + 3);
  expect(ids[13]).toBe(ids[3]);
  expect(ids[30]).toBe(subjectIdRows.unknown);
  table.authors.forEach((author, at) => {
    const expected = author < 0 ? subjectIdRows.none : author === 1 ? subjectIdRows.unknown : subjectIdRows.first + (author % 2);
    expect(authors[at]).toBe(expected);
  });
  expect([...kinds]).toEqual([...table.kinds].map((kind) => kind + 1));
});

it('content does not depend on the numbers of a table, so that another table gives the same subject the same grams, topics and marks', () => {
  const known = { known: () => true, knownAuthor: () => true };
  const whole = subjectFeatures(
    {
      ...table,
      mentions: { offsets: Int32Array.from({ length: table.count + 1 }, (_, at) => (at > 5 ? 1 : 0)), values: Int32Array.of(7) },
    },
    { ...options, ...known },
  );
  const alone = subjectFeatures(
    {
      ...table,
      count: 2,
      keys: [table.keys[7]!, table.keys[5]!],
      texts: [table.texts[7]!, table.texts[5]!],
      kinds: Uint8Array.of(1, 1),
      authors: Int32Array.of(-1, -1),
      tags: { offsets: Int32Array.of(0, 1, 2), values: Int32Array.of(7 % 4, 5 % 4) },
      mentions: { offsets: Int32Array.of(0, 0, 1), values: Int32Array.of(0) },
    },
    { ...options, ...known },
  );
  const row = (features: typeof whole, at: number) => features.grams.rows.slice(at * 8, (at + 1) * 8);
  expect(row(alone, 1)).toEqual(row(whole, 5));
  const topics = (features: typeof whole, at: number) => features.topics.rows.slice(at * topicsMax, (at + 1) * topicsMax);
  expect(topics(alone, 1)).toEqual(topics(whole, 5));
  const marks = (features: typeof whole, at: number) => features.marks.slice(at * markWidth, (at + 1) * markWidth);
  expect(marks(alone, 1)).toEqual(marks(whole, 5));
  // What is mentioned is marked by its own name.
  expect(marks(whole, 5)).toContain(marks(whole, 7)[0]);
});

it('values are measured by the median of their action, of what was done before the cut', () => {
  const { sequences } = source;
  const fitted = fitActions(sequences);
  const values = [...sequences.values].filter((value, at) => sequences.actions[at] === 0 && value > 0).sort((a, b) => a - b);
  expect(fitted.typicalValues[0]).toBe(values[values.length >> 1]);
  expect(fitActions(sequences, -1).typicalValues).toEqual([1, 1, 1]);
  expect(scaledValue(fitted, 0, fitted.typicalValues[0]!)).toBeCloseTo(Math.log(2), 6);
  expect(scaledValue(fitted, 0, NaN)).toBe(0);
});

it('time gaps fall into buckets that widen, all of them within bounds', () => {
  expect([0, 500, 1000, 1_350, 1_400].map(timeGapBucket)).toEqual([0, 0, 0, 0, 1]);
  expect(timeGapBucket(1e18)).toBe(timeGapBucketCount - 1);
});
