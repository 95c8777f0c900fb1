/** What a column holds: numbers of one kind, so many a row. */
export interface ColumnKind {
  readonly type: 'float32' | 'float64' | 'int32';
  readonly width: number;
}

type Values = Float32Array | Float64Array | Int32Array;

const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;
const rowsAtFirst = 16;

/**
 * Rows in columns of typed arrays, and a text or none beside each. Rows are only added: whoever knows the first `n` of them
 * finds them unchanged.
 */
export interface GrowingColumns {
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  /** Rows that hold something. */
  used: number;
  capacity: number;
  data: Readonly<Record<string, Values>>;
  readonly texts: (string | null)[];
}

/** Empty columns. */
export function growingColumns(kinds: Readonly<Record<string, ColumnKind>>): GrowingColumns {
  return { kinds, used: 0, capacity: 0, data: allocated(kinds, 0), texts: [] };
}

/**
 * Adds rows behind the first `at`: in place where those are all, else in a copy of them, since others know what follows.
 * Amortised cost: linear in the rows added.
 *
 * @param values of every column, `[texts.length × width]`
 */
export function addRowsBehind(
  columns: GrowingColumns,
  at: number,
  values: Readonly<Record<string, ArrayLike<number>>>,
  texts: readonly (string | null)[],
): GrowingColumns {
  const target = at === columns.used ? columns : copyOfFirst(columns, at, at + texts.length);
  const needed = at + texts.length;
  if (needed > target.capacity) grow(target, Math.max(rowsAtFirst, needed, Math.ceil(target.capacity * 1.5)));
  for (const [name, { width }] of Object.entries(target.kinds)) target.data[name]!.set(values[name]!, at * width);
  target.texts.push(...texts);
  target.used = needed;
  return target;
}

/** A view of some rows of a column. */
export function columnView(columns: GrowingColumns, name: string, from: number, to: number): Values {
  const { width } = columns.kinds[name]!;
  return columns.data[name]!.subarray(from * width, to * width);
}

/** Memory of the columns, texts at two bytes a unit. */
export function bytesOfColumns({ data, texts }: GrowingColumns): number {
  const ofTexts = texts.reduce((sum, text) => sum + 8 + 2 * (text?.length ?? 0), 0);
  return Object.values(data).reduce((sum, { byteLength }) => sum + byteLength, ofTexts);
}

function copyOfFirst(columns: GrowingColumns, count: number, capacity: number): GrowingColumns {
  const copy = growingColumns(columns.kinds);
  grow(copy, capacity);
  for (const [name, values] of Object.entries(copy.data)) values.set(columnView(columns, name, 0, count));
  copy.texts.push(...columns.texts.slice(0, count));
  copy.used = count;
  return copy;
}

function grow(columns: GrowingColumns, capacity: number): void {
  const data = allocated(columns.kinds, capacity);
  for (const [name, values] of Object.entries(data)) values.set(columns.data[name]!);
  columns.data = data;
  columns.capacity = capacity;
}

function allocated(kinds: Readonly<Record<string, ColumnKind>>, rows: number): Record<string, Values> {
  return Object.fromEntries(Object.entries(kinds).map(([name, { type, width }]) => [name, new arrayTypes[type](rows * width)]));
}
