import type { TensorValue } from '../program.ts';
import { checkIds, tableInputs, tableOutput, type EmbeddingTable } from './embedding-table.ts';
import { createUniqueFinder } from './unique-ids.ts';

/** Ids of a batch with the shape that the model looks them up in. */
export interface BatchIds {
  readonly data: Int32Array;
  readonly shape: readonly number[];
}

/** Carries rows between a table and the step's graph, through buffers that it keeps from step to step. */
export interface TableExchange {
  /**
   * Reads the rows of a batch.
   *
   * @returns what to feed, and where the graph is to put the updated rows
   * @throws {TableIdError}
   */
  read(ids: BatchIds): { readonly feeds: Record<string, TensorValue>; readonly into: Record<string, TensorValue> };
  /** Writes the updated rows of the last {@link read} back. */
  write(): void;
}

/** One exchange a table and training step. Memory: twice the rows of the largest batch. */
export function createTableExchange(table: EmbeddingTable): TableExchange {
  const { storage, name } = table;
  const uniqueIds = createUniqueFinder();
  const names = tableInputs(name);
  let before = new Float32Array(0);
  let after = new Float32Array(0);
  let unique = new Int32Array(0);
  return {
    read(ids) {
      checkIds(table, ids.data);
      const found = uniqueIds(ids.data);
      unique = found.unique as Int32Array<ArrayBuffer>;
      const size = unique.length * storage.width;
      if (before.length < size) [before, after] = [new Float32Array(size), new Float32Array(size)];
      const shape = [unique.length, storage.width];
      storage.read(unique, before);
      return {
        feeds: {
          [names.rows]: { data: before.subarray(0, size), shape },
          [names.indices]: { data: found.indices, shape: ids.shape },
        },
        into: { [tableOutput(name)]: { data: after.subarray(0, size), shape } },
      };
    },
    write: () => storage.write(unique, after),
  };
}
