import { expect, it } from 'vitest';
import { timeGapBucket } from '../actions/time-gap.ts';
import { input } from '../tensor/leaf.ts';
import { compileProgram } from '../tensor/program.ts';
import { bucketsOfTimeGaps, relativeTimeGaps, timeGapBucketCount } from './time-gap-buckets.ts';

it('puts gaps into the buckets that feeds put them into', async () => {
  const gaps = input('gaps', 'int32', ['count']);
  const program = await compileProgram({ buckets: bucketsOfTimeGaps(gaps), relative: relativeTimeGaps(gaps) }, { threads: 1 });
  const seconds = Int32Array.of(-5, 0, 1, 2, 30, 59, 3_601, 86_400, 30 * 86_400, 40_000_000, 2 ** 31 - 1);
  const { buckets, relative } = await program.run({ gaps: { data: seconds, shape: [seconds.length] } });
  expect([...(buckets!.data as Int32Array)]).toEqual(Array.from(seconds, (gap) => timeGapBucket(gap * 1000)));
  expect(timeGapBucketCount).toBe(64);
  const shares = [...(relative!.data as Float32Array)];
  expect(shares.slice(0, 3)).toEqual([0, 0, 0]);
  expect(shares[8]).toBeCloseTo(1, 6);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  await program.close();
});
