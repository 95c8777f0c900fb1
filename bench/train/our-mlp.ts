import type { Random } from '../../src/base/random.ts';
import { linear } from '../../src/learn/nn/linear.ts';
import { normal } from '../../src/learn/tensor/initializers.ts';
import { input } from '../../src/learn/tensor/leaf.ts';
import { multiply, subtract } from '../../src/learn/tensor/operators/binary.ts';
import { mean } from '../../src/learn/tensor/operators/reduce.ts';
import { reshape } from '../../src/learn/tensor/operators/shape.ts';
import { relu, softplus } from '../../src/learn/tensor/operators/unary.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { initializeTable, lookUp, tableRows, tableWidth, type EmbeddingTable } from '../../src/learn/tensor/tables/embedding-table.ts';
import { memoryStorage } from '../../src/learn/tensor/tables/row-storage.ts';
import { rowWiseAdagrad } from '../../src/learn/tensor/tables/sparse-optimizer.ts';
import { compileTrainingStep } from '../../src/learn/tensor/training-step.ts';

const [batch, fields, rowsPerField, dimension] = [1024, 26, 10_000, 16];

/** What the timer gives. */
export interface MlpTiming {
  readonly steps: number;
  readonly warmup: number;
  readonly seed: number;
  readonly threads: number;
  /** Draws ids 1 … count, frequent ones first. */
  readonly zipf: (count: number) => () => number;
  readonly random: Random;
}

/**
 * Times steps of an MLP 416 → 256 → 128 → 1 over 26 embeddings of 10,000 rows × 16, BCE with logits, batch 1,024: dense
 * part by Adam, rows by row-wise Adagrad. The 26 tables stand in one, field by field.
 *
 * @returns milliseconds of each counted step
 */
export async function timeMlp({ steps, warmup, seed, threads, zipf, random }: MlpTiming): Promise<number[]> {
  const optimizer = rowWiseAdagrad();
  const table: EmbeddingTable = {
    name: 'fields',
    dimension,
    optimizer,
    storage: memoryStorage(fields * rowsPerField, tableWidth(dimension, optimizer)),
  };
  initializeTable(table, normal(0.01), seed);
  const rows = tableRows(table);
  const x = reshape(lookUp(rows, ['batch', fields]), ['batch', fields * dimension]);
  const hidden = relu(linear('hidden1', relu(linear('hidden0', x, 256)), 128));
  const logits = reshape(linear('output', hidden, 1), ['batch']);
  const labels = input('labels', 'float32', ['batch']);
  const loss = mean(subtract(softplus(logits), multiply(labels, logits)));
  const step = await compileTrainingStep({
    loss,
    optimizer: adam(),
    learningRate: () => 1e-3,
    tables: [{ rows, learningRate: () => 1e-2 }],
    seed,
    threads,
  });
  const draw = zipf(rowsPerField);
  const times: number[] = [];
  for (let count = 0; count < warmup + steps; count++) {
    const ids = Int32Array.from({ length: batch * fields }, (_, at) => (at % fields) * rowsPerField + draw() - 1);
    const data = Float32Array.from({ length: batch }, () => (random.next() < 0.3 ? 1 : 0));
    const start = performance.now();
    const result = await step.run({ labels: { data, shape: [batch] } }, { fields: { data: ids, shape: [batch, fields] } });
    times.push(performance.now() - start);
    if (!Number.isFinite(result.loss)) throw new Error(`loss is ${result.loss}`);
  }
  return times.slice(warmup);
}
