import type { TensorValue } from '../tensor/program.ts';
import { checkFieldTable, type FieldTable } from './field-table.ts';
import { scaled, type FittedFields } from './fit-fields.ts';

/** Rows ready to be fed to `fieldLayer`. */
export interface EncodedFields {
  readonly rows: number;
  /** What the layer is fed for some rows, by input name. */
  feeds(rows: Int32Array): Record<string, TensorValue>;
}

/** Categorical fields of one width, which share a table of embeddings: one lookup for all of them. */
export interface FieldGroup {
  readonly dimension: number;
  /** Indices of the fields. */
  readonly fields: readonly number[];
  /** Row of "missing" of each field in the shared table; its codes follow. */
  readonly starts: readonly number[];
  /** Rows of the table. */
  readonly rows: number;
}

/** The categorical fields by width, narrow first. */
export function fieldGroups({ categorical }: FittedFields): FieldGroup[] {
  const dimensions = [...new Set(categorical.map(({ dimension }) => dimension))].sort((a, b) => a - b);
  return dimensions.map((dimension) => {
    const fields = [...categorical.keys()].filter((field) => categorical[field]!.dimension === dimension);
    let rows = 0;
    const starts = fields.map((field) => {
      const start = rows;
      rows += categorical[field]!.size + 1;
      return start;
    });
    return { dimension, fields, starts, rows };
  });
}

/** The name of the input that holds a group's rows. */
export function groupInput(dimension: number): string {
  return `categories/${dimension}`;
}

/** Columns that numeric fields become: each standardised, then one for each that may be missing. */
export function numberColumns({ numeric }: FittedFields): number {
  return numeric.length + numeric.filter(({ missing }) => missing).length;
}

/**
 * Applies what was learned to a table: unseen codes become missing, numbers (x − mean) / deviation with 0 for missing, and
 * 1 in the field's own column where a value is missing that training rows lacked too. Holds one copy of the table.
 *
 * @throws {FieldTableError}
 */
export function encodeFields(table: FieldTable, fitted: FittedFields): EncodedFields {
  checkFieldTable(table, fitted);
  const { rows } = table;
  const { categorical, numeric } = fitted;
  const groups = fieldGroups(fitted).map((group) => {
    const codes = new Int32Array(rows * group.fields.length);
    group.fields.forEach((field, at) => {
      const unseen = new Set(categorical[field]!.unseen);
      for (let row = 0; row < rows; row++) {
        const code = table.categories[row * categorical.length + field]!;
        codes[row * group.fields.length + at] = group.starts[at]! + (unseen.has(code) ? 0 : code);
      }
    });
    return { name: groupInput(group.dimension), width: group.fields.length, data: codes };
  });
  const width = numberColumns(fitted);
  const numbers = new Float32Array(rows * width);
  let missingColumn = numeric.length;
  numeric.forEach(({ scale, mean, deviation, missing }, field) => {
    const tellsAt = missing ? missingColumn++ : null;
    for (let row = 0; row < rows; row++) {
      const value = table.numbers[row * numeric.length + field]!;
      if (!Number.isNaN(value)) numbers[row * width + field] = (scaled(value, scale) - mean) / deviation;
      else if (tellsAt !== null) numbers[row * width + tellsAt] = 1;
    }
  });
  const arrays = [...groups, ...(width > 0 ? [{ name: 'numbers', width, data: numbers }] : [])];
  return {
    rows,
    feeds: (wanted) =>
      Object.fromEntries(
        arrays.map(({ name, width: columns, data }) => [name, { data: rowsOf(data, columns, wanted), shape: [wanted.length, columns] }]),
      ),
  };
}

function rowsOf<Values extends Float32Array | Int32Array>(data: Values, columns: number, wanted: Int32Array): Values {
  const result = new (data.constructor as new (length: number) => Values)(wanted.length * columns);
  for (let at = 0; at < wanted.length; at++) {
    const from = wanted[at]! * columns;
    for (let column = 0; column < columns; column++) result[at * columns + column] = data[from + column]!;
  }
  return result;
}
