import type { Random } from '../../src/base/random.ts';
export async function timeMlp(_options: { steps: number; warmup: number; seed: number; threads: number; zipf: (count: number) => () => number; random: Random }): Promise<number[]> {
  throw new Error('not yet');
}
