import { NisusError } from '../../base/error.ts';

/** A table of fields as numbers, row by row. */
export interface FieldTable {
  readonly rows: number;
  /** `[rows, categorical fields]`: 0 for missing, else a code from 1. */
  readonly categories: Int32Array;
  /** `[rows, numeric fields]`, NaN for missing. */
  readonly numbers: Float32Array;
}

/** What a table's columns are, in their order. */
export interface FieldDeclarations {
  readonly categorical: readonly {
    readonly name: string;
    /** Codes run from 1 to this. */
    readonly size: number;
    /** Width of its embedding. @default {@link embeddingDimension} of the size */
    readonly dimension?: number;
  }[];
  readonly numeric: readonly {
    readonly name: string;
    /** `log` for sign(x) · log(1 + |x|) before standardising: amounts and counts with a long tail. @default 'linear' */
    readonly scale?: 'linear' | 'log';
  }[];
}

/** Thrown when a table does not hold what its declarations say. */
export class FieldTableError extends NisusError {
  constructor(problem: string, fields: Record<string, unknown> = {}) {
    super('FIELD_TABLE', `table of fields: ${problem}`, { fields });
  }
}

/** A usual width for a categorical field: √size rounded up, 2 to 16. */
export function embeddingDimension(size: number): number {
  return Math.min(16, Math.max(2, Math.ceil(Math.sqrt(size))));
}

/**
 * Checks that a table holds what is declared.
 *
 * @throws {FieldTableError} with field, row and value
 */
export function checkFieldTable({ rows, categories, numbers }: FieldTable, { categorical, numeric }: FieldDeclarations): void {
  if (categories.length !== rows * categorical.length)
    throw new FieldTableError(`${categories.length} codes do not fill ${rows} rows of ${categorical.length} categorical fields`);
  if (numbers.length !== rows * numeric.length)
    throw new FieldTableError(`${numbers.length} numbers do not fill ${rows} rows of ${numeric.length} numeric fields`);
  categorical.forEach(({ name, size }, field) => {
    for (let row = 0; row < rows; row++) {
      const code = categories[row * categorical.length + field]!;
      if (code < 0 || code > size)
        throw new FieldTableError(`field "${name}" has code ${code} in row ${row}, expected 0 for missing or 1 to ${size}`, {
          field: name,
          row,
          code,
        });
    }
  });
  numeric.forEach(({ name }, field) => {
    for (let row = 0; row < rows; row++) {
      const value = numbers[row * numeric.length + field]!;
      if (value === Infinity || value === -Infinity)
        throw new FieldTableError(`field "${name}" is ${value} in row ${row}, expected a finite number or NaN for missing`, {
          field: name,
          row,
        });
    }
  });
}
