import { pairedTTest, type PairedTTest } from '../../src/learn/evaluation/binary/paired-t-test.ts';
import { rankGain } from '../../src/learn/evaluation/metrics.ts';

/** What each case gains, NDCG@10, `[cases]`, mean over runs. @param runs ranks `[cases]` of each */
export function meanGains(runs: readonly Int32Array[]): Float64Array {
  return Float64Array.from(runs[0]!, (_, index) => runs.reduce((sum, ranks) => sum + rankGain('NDCG', ranks[index]!, 10), 0) / runs.length);
}

/** Mean of the gains of some cases. */
export function meanOf(gains: Float64Array, keep: (index: number) => boolean = () => true): number {
  let [sum, count] = [0, 0];
  gains.forEach((gain, index) => {
    if (!keep(index)) return;
    sum += gain;
    count++;
  });
  return sum / count;
}

/**
 * Paired t-test over users, each with the mean of their cases: cases of one user hang together, users do not. Null where fewer
 * than two users have such cases.
 */
export function testByUser(
  users: Int32Array,
  first: Float64Array,
  second: Float64Array,
  keep: (index: number) => boolean = () => true,
): PairedTTest | null {
  const sums = new Map<number, [first: number, second: number, cases: number]>();
  users.forEach((user, index) => {
    if (!keep(index)) return;
    const [a, b, cases] = sums.get(user) ?? [0, 0, 0];
    sums.set(user, [a + first[index]!, b + second[index]!, cases + 1]);
  });
  if (sums.size < 2) return null;
  const of = (at: 0 | 1) => [...sums.values()].map((sum) => sum[at] / sum[2]);
  return pairedTTest(of(0), of(1));
}
