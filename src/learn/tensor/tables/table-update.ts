import { concatenate } from '../operators/shape.ts';
import type { Schedule } from '../optimizers/schedule.ts';
import { FeedError } from '../program.ts';
import { scalarValue, stepInput, stepScalar } from '../step-input.ts';
import type { TensorValue } from '../tensor-value.ts';
import type { Tensor } from '../tensor.ts';
import { tableOutput, type TableRows } from './embedding-table.ts';
import { createTableExchange, type BatchIds } from './table-exchange.ts';

/** A table that a step trains, with the learning rate of its rows. */
export interface TrainedTable {
  readonly rows: TableRows;
  /** @default the step's own */
  readonly learningRate?: Schedule;
}

/** Ids of a batch for each table, with the shape that the model looks them up in. */
export type TableIds = Readonly<Record<string, BatchIds>>;

/**
 * The part of a step's graph that moves the rows of tables.
 *
 * @param gradientOf gradient of a table's rows, `[rows, dimension]`
 * @returns one output a table: its rows with their state
 */
export function tableUpdateOutputs(
  tables: readonly TrainedTable[],
  gradientOf: (rows: TableRows, index: number) => Tensor,
): Record<string, Tensor> {
  const outputs: Record<string, Tensor> = {};
  tables.forEach(({ rows }, index) => {
    const { name, optimizer: rule } = rows.table;
    const scalars = Object.fromEntries(Object.keys(rule.stepScalars(1)).map((key) => [key, stepScalar(`${name}/${key}`)]));
    const next = rule.update({
      rows: rows.values,
      gradient: gradientOf(rows, index),
      state: rows.state,
      learningRate: stepScalar(`${name}/learningRate`),
      scalars,
    });
    outputs[tableOutput(name)] = concatenate([next.rows, next.state], 1);
  });
  return outputs;
}

/** Carries the rows of all tables of a step. */
export interface TableCarrier {
  /**
   * Reads the rows of a batch, with the scalars of their rules at a step.
   *
   * @throws {FeedError} where a table gets no ids; {@link TableIdError}
   */
  read(tableIds: TableIds, step: number): { readonly feeds: Record<string, TensorValue>; readonly into: Record<string, TensorValue> };
  /** Writes the updated rows of the last {@link read} back. */
  write(): void;
}

/** @param learningRate of tables that have none of their own */
export function createTableCarrier(tables: readonly TrainedTable[], learningRate: Schedule): TableCarrier {
  const exchanges = tables.map(({ rows }) => createTableExchange(rows.table));
  return {
    read(tableIds, step) {
      const feeds: Record<string, TensorValue> = {};
      const into: Record<string, TensorValue> = {};
      tables.forEach(({ rows, learningRate: ofRows }, index) => {
        const { name, optimizer: rule } = rows.table;
        const ids = tableIds[name];
        if (ids === undefined) throw new FeedError(name, 'no ids given for this table');
        const exchanged = exchanges[index]!.read(ids);
        Object.assign(feeds, exchanged.feeds);
        Object.assign(into, exchanged.into);
        feeds[stepInput(`${name}/learningRate`)] = scalarValue((ofRows ?? learningRate)(step));
        for (const [key, value] of Object.entries(rule.stepScalars(step))) feeds[stepInput(`${name}/${key}`)] = scalarValue(value);
      });
      return { feeds, into };
    },
    write() {
      for (const exchange of exchanges) exchange.write();
    },
  };
}
