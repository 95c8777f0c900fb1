import { createHash } from 'node:crypto';
import { createRandom } from '../../base/random.ts';
import { linear } from '../nn/linear.ts';
import { glorotUniform } from './initializers.ts';
import { input, parameter } from './leaf.ts';
import { binaryCrossEntropyWithLogits } from './operators/binary-cross-entropy-with-logits.ts';
import { dropout } from './operators/flow.ts';
import { gatherRows } from './operators/index-operators.ts';
import { standardize } from './operators/normalize.ts';
import { mean } from './operators/reduce.ts';
import { reshape } from './operators/shape.ts';
import { silu } from './operators/unary.ts';
import { adam } from './optimizers/adam.ts';
import { constantSchedule } from './optimizers/schedule.ts';
import type { TensorValue } from './program.ts';
import { compileTrainingStep, type TrainingStep } from './training-step.ts';

const rows = 40;
const width = 64;

/** A step with what is hard to repeat: dropout, and so many lookups of the same rows that two threads share the work. */
export function compileRun(options: { readonly seed?: number; readonly explodingNorm?: number } = {}): Promise<TrainingStep> {
  const items = input('items', 'int32', ['batch', 'length']);
  const labels = input('labels', 'float32', ['batch', 'length']);
  const embedded = dropout(gatherRows(parameter('embedding', [rows, width], glorotUniform), items), 0.3);
  const hidden = dropout(silu(linear('hidden', standardize(embedded), width)), 0.2);
  const scores = reshape(linear('output', hidden, 1), ['batch', 'length']);
  const loss = mean(binaryCrossEntropyWithLogits(scores, labels));
  return compileTrainingStep({
    loss,
    optimizer: adam(),
    learningRate: constantSchedule(1e-2),
    seed: options.seed ?? 7,
    threads: 2,
    ...options,
  });
}

/** The batch of a step: the same numbers for the same step. */
export function batchOf(step: number, batch = 64, length = 100): Record<string, TensorValue> {
  const random = createRandom(1, 'batch', step);
  const count = batch * length;
  return {
    items: { data: Int32Array.from({ length: count }, () => random.integer(rows)), shape: [batch, length] },
    labels: { data: Float32Array.from({ length: count }, () => random.integer(2)), shape: [batch, length] },
  };
}

/** Losses and norms of some steps, and a digest of the parameters after them, byte for byte. */
export async function runSteps(step: TrainingStep, first: number, count: number): Promise<string> {
  const losses: number[] = [];
  for (let at = first; at < first + count; at++) {
    const { loss, gradientNorm } = await step.run(batchOf(at));
    losses.push(loss, gradientNorm);
  }
  const { parameters } = step.state();
  const digest = createHash('sha256')
    .update(new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength))
    .digest('hex');
  return JSON.stringify({ losses, digest });
}

if (import.meta.main) {
  const step = await compileRun();
  process.stdout.write(await runSteps(step, 1, 20));
  await step.close();
}
