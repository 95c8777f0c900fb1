import { expect, test } from 'vitest';
import { sequencesOfLists } from '../../evaluation/sequences-of-lists.ts';
import { fitPopularity } from './popularity.ts';

test('scores are counts, the same for all, and the caller’s to change', async () => {
  const ranker = await fitPopularity(
    sequencesOfLists(
      [
        [0, 1, 1],
        [1, 3],
      ],
      4,
    ),
  );
  const batch = { histories: [Int32Array.of(1), new Int32Array(0)], timesMs: null, requestTimesMs: null };
  const scores = await ranker.score(batch);
  expect([...scores]).toEqual([1, 3, 0, 1, 1, 3, 0, 1]);
  scores.fill(-9);
  expect([...(await ranker.score(batch))]).toEqual([1, 3, 0, 1, 1, 3, 0, 1]);
});
