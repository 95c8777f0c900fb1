import { createRandom } from '../../base/random.ts';
import { linear } from '../nn/linear.ts';
import { glorotUniform } from './initializers.ts';
import { input, parameter } from './leaf.ts';
import { binaryCrossEntropyWithLogits } from './operators/binary-cross-entropy-with-logits.ts';
import { add } from './operators/binary.ts';
import { dropout } from './operators/flow.ts';
import { gatherRows } from './operators/index-operators.ts';
import { mean } from './operators/reduce.ts';
import { reshape } from './operators/shape.ts';
import { silu, square } from './operators/unary.ts';
import { subtract } from './operators/binary.ts';
import type { TensorValue } from './program.ts';
import { lookUp, tableRows, initializeTable, tableWidth, type TableRows } from './tables/embedding-table.ts';
import { memoryStorage } from './tables/row-storage.ts';
import { lazyAdam } from './tables/sparse-optimizer.ts';
import type { Tensor } from './tensor.ts';

const itemCount = 30;
const width = 8;

/** Three tasks over one trunk with dropout: two with towers of their own, one that reads the trunk's end directly. */
export function threeTasks(options: { readonly table?: TableRows } = {}): Record<'click' | 'like' | 'dwell', Tensor> {
  const items = input('items', 'int32', ['batch']);
  const rows = gatherRows(parameter('embedding', [itemCount, width], glorotUniform), items);
  const embedded = options.table === undefined ? rows : add(rows, lookUp(options.table, ['batch']));
  const trunk = dropout(silu(linear('trunk', embedded, width)), 0.2);
  const label = (name: string) => input(name, 'float32', ['batch']);
  const tower = (name: string) => reshape(linear(name, silu(linear(`${name}.hidden`, trunk, 4)), 1), ['batch']);
  return {
    click: mean(binaryCrossEntropyWithLogits(tower('click'), label('clicked'))),
    like: mean(binaryCrossEntropyWithLogits(tower('like'), label('liked'))),
    dwell: mean(square(subtract(mean(trunk, { axes: [1] }), label('dwelt')))),
  };
}

/** A fresh table for the same items. */
export function itemTable(): TableRows {
  const optimizer = lazyAdam();
  const table = {
    name: 'item',
    dimension: width,
    storage: memoryStorage(itemCount, tableWidth(width, optimizer)),
    optimizer,
  };
  initializeTable(table, glorotUniform, 3);
  return tableRows(table);
}

/** The batch of a step: the same numbers for the same step. */
export function taskBatch(step: number, batch = 16): Record<string, TensorValue> {
  const random = createRandom(1, 'batch', step);
  const draw = (value: () => number) => ({ data: Float32Array.from({ length: batch }, value), shape: [batch] });
  return {
    items: { data: Int32Array.from({ length: batch }, () => random.integer(itemCount)), shape: [batch] },
    clicked: draw(() => random.integer(2)),
    liked: draw(() => random.integer(2)),
    dwelt: draw(() => random.normal()),
  };
}
