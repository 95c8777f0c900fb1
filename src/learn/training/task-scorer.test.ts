import { expect, it } from 'vitest';
import { input } from '../tensor/leaf.ts';
import { openTaskScorer } from './task-scorer.ts';

it('gives probabilities, never above 1: for logits about 17 the runtime’s sigmoid does', async () => {
  const encoder = { config: {}, build: () => input('x', 'float32', ['batch', 1]) };
  const scorer = await openTaskScorer(
    { config: { kind: 'single-task', hidden: [], tower: [], dropout: 0 }, encoder, tasks: ['like'] },
    // Bias and weight, by name: the logit is x.
    () => Float32Array.of(0, 1),
    { threads: 1 },
  );
  const x = Float32Array.from({ length: 80_001 }, (_, at) => at * 0.0005 - 20);
  const feeds = (rows: Int32Array) => ({ x: { data: Float32Array.from(rows, (row) => x[row]!), shape: [rows.length, 1] } });
  const scores = (await scorer.score({ rows: x.length, feeds })).probabilities['like']!;
  await scorer.close();
  expect(scores[40_000]).toBeCloseTo(0.5, 6);
  expect(scores.filter((score) => !(score >= 0 && score <= 1))).toEqual(new Float32Array(0));
});
