import { createRandom } from '../../../base/random.ts';
import { NisusError } from '../../../base/error.ts';
import { input } from '../leaf.ts';
import { gatherRows } from '../operators/index-operators.ts';
import { split } from '../operators/shape.ts';
import type { Shape } from '../dimension.ts';
import type { Initializer, Tensor } from '../tensor.ts';
import type { RowStorage } from './row-storage.ts';
import type { SparseOptimizer } from './sparse-optimizer.ts';

/**
 * An embedding table outside the graph: only the rows that a batch names enter the step, updated with it by a sparse
 * rule, so a table may outgrow memory (`fileStorage`) and a step costs what its batch touches.
 */
export interface EmbeddingTable {
  readonly name: string;
  readonly dimension: number;
  readonly storage: RowStorage;
  readonly optimizer: SparseOptimizer;
}

/** Thrown when an id is outside its table. */
export class TableIdError extends NisusError {
  constructor(table: string, id: number, position: number, rows: number) {
    super('TABLE_ID', `table "${table}": id ${id} at position ${position} of the batch, but rows are 0 to ${rows - 1}`, {
      fields: { table, id, position, rows },
    });
  }
}

/** Floats that a row takes in storage: values and optimizer state. */
export function tableWidth(dimension: number, optimizer: SparseOptimizer): number {
  return dimension + optimizer.stateWidth(dimension);
}

/** Fills a new table, 1,024 rows at a time; each block draws from a stream of its own. Optimizer state starts at 0. */
export function initializeTable(table: EmbeddingTable, initializer: Initializer, seed: number): void {
  const { storage, dimension } = table;
  const block = 1024;
  for (let start = 0; start < storage.rows; start += block) {
    const count = Math.min(block, storage.rows - start);
    const values = initializer([count, dimension], createRandom(seed, 'table', table.name, start));
    const rows = new Float32Array(count * storage.width);
    for (let row = 0; row < count; row++) rows.set(values.subarray(row * dimension, (row + 1) * dimension), row * storage.width);
    storage.write(
      Int32Array.from({ length: count }, (_, row) => start + row),
      rows,
    );
  }
}

/** A table's place in a graph: the rows of the batch, to be looked up by ids. */
export interface TableRows {
  readonly table: EmbeddingTable;
  /** The fed rows with their state, `[rows, dimension + state]`. */
  readonly fed: Tensor;
  /** `[rows, dimension]`. */
  readonly values: Tensor;
  /** `[rows, state]`. */
  readonly state: Tensor;
}

/** Names of the inputs of a table. */
export function tableInputs(name: string): { readonly rows: string; readonly indices: string } {
  return { rows: `table/${name}/rows`, indices: `table/${name}/indices` };
}

/** Name of the output that carries a table's updated rows. */
export function tableOutput(name: string): string {
  return `next/table/${name}`;
}

/** Puts a table into a graph. */
export function tableRows(table: EmbeddingTable): TableRows {
  const stateWidth = table.optimizer.stateWidth(table.dimension);
  const fed = input(tableInputs(table.name).rows, 'float32', [`${table.name}Rows`, table.dimension + stateWidth]);
  const [values, state] = split(fed, 1, [table.dimension, stateWidth]) as [Tensor, Tensor];
  return { table, fed, values, state };
}

/**
 * The vectors of a batch's ids. The ids themselves are given to the training step, which feeds the rows.
 *
 * @param shape of the ids
 * @returns `[...shape, dimension]`
 */
export function lookUp(rows: TableRows, shape: Shape): Tensor {
  return gatherRows(rows.values, input(tableInputs(rows.table.name).indices, 'int32', shape));
}

/** Throws where an id is outside the table. @throws {TableIdError} */
export function checkIds(table: EmbeddingTable, ids: Int32Array): void {
  const { rows } = table.storage;
  for (let at = 0; at < ids.length; at++) {
    if (ids[at]! < 0 || ids[at]! >= rows) throw new TableIdError(table.name, ids[at]!, at, rows);
  }
}
