import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../base/safetensors.ts';
import { normal, zeros } from '../initializers.ts';
import { input, parameter } from '../leaf.ts';
import { add, multiply, subtract } from '../operators/binary.ts';
import { matmul } from '../operators/matrix.ts';
import { mean } from '../operators/reduce.ts';
import { concatenate, reshape } from '../operators/shape.ts';
import { relu, softplus } from '../operators/unary.ts';
import { adam } from '../optimizers/adam.ts';
import { compileTrainingStep } from '../training-step.ts';
import { initializeTable, lookUp, TableIdError, tableRows, tableWidth, type EmbeddingTable } from './embedding-table.ts';
import { fileStorage, TableFileError } from './file-storage.ts';
import { memoryStorage, type RowStorage } from './row-storage.ts';
import { lazyAdam, rowWiseAdagrad, type SparseOptimizer } from './sparse-optimizer.ts';
import { createUniqueFinder } from './unique-ids.ts';

const folder = mkdtempSync(join(tmpdir(), 'nisus-table-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

const storages: Record<string, (rows: number, width: number) => RowStorage> = {
  memory: memoryStorage,
  // Two pages of three rows: most accesses evict.
  file: (rows, width) => fileStorage(join(folder, `table-${files++}`), rows, width, { rowsPerPage: 3, cachedBytesMax: 3 * width * 4 * 2 }),
};

describe.each(Object.entries(storages))('%s storage', (_name, create) => {
  it('reads back what was last written, in any order of rows', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(19), { minLength: 1, maxLength: 12 }), { maxLength: 30 }), (writes) => {
        const storage = create(20, 2);
        const oracle = new Map<number, number>();
        writes.forEach((rows, round) => {
          const ids = Int32Array.from(new Set(rows));
          storage.write(
            ids,
            Float32Array.from({ length: ids.length * 2 }, (_, at) => round * 100 + ids[at >> 1]! + (at & 1) / 2),
          );
          ids.forEach((id) => oracle.set(id, round * 100 + id));
          const all = Int32Array.from({ length: 20 }, (_, id) => 19 - id);
          const read = new Float32Array(40);
          storage.read(all, read);
          expect([...read]).toEqual([...all].flatMap((id) => (oracle.has(id) ? [oracle.get(id)!, oracle.get(id)! + 0.5] : [0, 0])));
        });
        storage.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('file storage', () => {
  it('keeps its rows when it is closed and opened again, and refuses other sizes', () => {
    const path = join(folder, 'kept');
    const first = fileStorage(path, 10, 3, { rowsPerPage: 4 });
    first.write(Int32Array.of(9, 0), Float32Array.of(1, 2, 3, 4, 5, 6));
    first.close();
    const second = fileStorage(path, 10, 3, { rowsPerPage: 4 });
    const rows = new Float32Array(6);
    second.read(Int32Array.of(0, 9), rows);
    expect([...rows]).toEqual([4, 5, 6, 1, 2, 3]);
    second.close();
    expect(() => fileStorage(path, 100, 3, { rowsPerPage: 4 })).toThrow(TableFileError);
  });
});

it('finds distinct ids in order of first appearance, batch after batch', () => {
  const uniqueIds = createUniqueFinder();
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(50), fc.nat(2 ** 31 - 1)), { maxLength: 200 }), (list) => {
      const ids = Int32Array.from(list);
      const { unique, indices } = uniqueIds(ids);
      expect([...unique]).toEqual([...new Set(list)]);
      expect([...indices].map((index) => unique[index])).toEqual(list);
    }),
  );
});

async function goldenTensors(name: string): Promise<Map<string, { data: Float32Array; shape: readonly number[] }>> {
  const path = join(import.meta.dirname, '../../models/goldens', `${name}.safetensors`);
  return (await readSafetensors(path)).tensors as never;
}

const rules: readonly (readonly [string, SparseOptimizer])[] = [
  ['mlp-lazy-adam', lazyAdam()],
  ['mlp-rowwise-adagrad', rowWiseAdagrad()],
];

describe.each(rules)('%s against PyTorch', (name, optimizer) => {
  it.each(Object.keys(storages))('takes the same three steps from %s', async (storageName) => {
    const [start, expected] = [await goldenTensors('mlp'), await goldenTensors(name)];
    const [fields, dimension] = [4, 3];
    const tables = Array.from({ length: fields }, (_, field): EmbeddingTable => {
      const { data, shape } = start.get(`parameter/field${field}.embedding`)!;
      const table = {
        name: `field${field}`,
        dimension,
        optimizer,
        storage: storages[storageName]!(shape[0]!, tableWidth(dimension, optimizer)),
      };
      initializeTable(table, () => data, 1);
      return table;
    });
    const rows = tables.map(tableRows);
    const x = concatenate(
      rows.map((row) => lookUp(row, ['batch'])),
      1,
    );
    const layer = (layerName: string, value: typeof x) => {
      const weight = parameter(`${layerName}.weight`, start.get(`parameter/${layerName}.weight`)!.shape, zeros);
      return add(matmul(value, weight), parameter(`${layerName}.bias`, start.get(`parameter/${layerName}.bias`)!.shape, zeros));
    };
    const logits = reshape(layer('output', relu(layer('hidden0', x))), ['batch']);
    const loss = mean(subtract(softplus(logits), multiply(input('labels', 'float32', ['batch']), logits)));
    const step = await compileTrainingStep({
      loss,
      optimizer: adam(),
      learningRate: () => 1e-2,
      tables: rows.map((row) => ({ rows: row })),
      seed: 1,
    });
    const state = step.state();
    for (const slot of step.layout.slots) state.parameters.set(start.get(`parameter/${slot.name}`)!.data, slot.offset);
    for (let count = 1; count <= 3; count++) {
      const labels = expected.get(`input/step${count}/labels`)!;
      const ids = expected.get(`input/step${count}/fields`)!;
      const tableIds = tables.map(
        ({ name: table }, field) =>
          [table, { data: Int32Array.from(labels.data, (_, row) => ids.data[row * fields + field]!), shape: labels.shape }] as const,
      );
      const result = await step.run({ labels }, Object.fromEntries(tableIds));
      expect(result.loss).toBeCloseTo(expected.get('losses')!.data[count - 1]!, 5);
      for (const [field, table] of tables.entries()) {
        const golden = expected.get(`step${count}/field${field}.embedding`)!;
        const all = new Float32Array(golden.shape[0]! * table.storage.width);
        table.storage.read(
          Int32Array.from({ length: golden.shape[0]! }, (_, id) => id),
          all,
        );
        golden.data.forEach((value, at) =>
          expect(all[Math.floor(at / dimension) * table.storage.width + (at % dimension)]).toBeCloseTo(value, 5),
        );
      }
    }
    await step.close();
  });
});

it('names the table, the id and its place when an id is outside', async () => {
  const optimizer = rowWiseAdagrad();
  const table: EmbeddingTable = { name: 'authors', dimension: 2, optimizer, storage: memoryStorage(5, 3) };
  initializeTable(table, normal(1), 1);
  const rows = tableRows(table);
  const weight = parameter('weight', [2, 1], normal(1));
  const step = await compileTrainingStep({
    loss: mean(matmul(lookUp(rows, ['batch']), weight)),
    optimizer: adam(),
    learningRate: () => 1e-2,
    tables: [{ rows }],
    seed: 1,
  });
  const before = new Float32Array(15);
  table.storage.read(Int32Array.of(0, 1, 2, 3, 4), before);
  await expect(step.run({}, { authors: { data: Int32Array.of(1, 5), shape: [2] } })).rejects.toThrow(TableIdError);
  await expect(step.run({}, { authors: { data: Int32Array.of(1, 5), shape: [2] } })).rejects.toThrow('table "authors": id 5 at position 1');
  const after = new Float32Array(15);
  table.storage.read(Int32Array.of(0, 1, 2, 3, 4), after);
  expect(after).toEqual(before);
  await step.close();
});
