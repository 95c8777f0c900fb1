/** Plain numbers with a shape, row by row: what the reference of an operator computes with, in double precision. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** An array whose elements are computed from their indices. */
export function tabulate(shape: readonly number[], value: (index: readonly number[]) => number): NdArray {
  const data: number[] = [];
  const index = shape.map(() => 0);
  const count = shape.reduce((a, b) => a * b, 1);
  for (let at = 0; at < count; at++) {
    data.push(value([...index]));
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return { shape, data };
}

/** The element at an index; axes of size 1, and missing leading axes, are stretched as broadcasting does. */
export function at(x: NdArray, index: readonly number[]): number {
  const extra = index.length - x.shape.length;
  let position = 0;
  x.shape.forEach((size, axis) => {
    const wanted = index[axis + extra]!;
    if (size !== 1 && wanted >= size) throw new RangeError(`index ${wanted} on axis ${axis} of [${x.shape.join(', ')}]`);
    position = position * size + (size === 1 ? 0 : wanted);
  });
  return x.data[position]!;
}

/** A function of elements over broadcast operands. */
export function elementwise(compute: (...values: readonly number[]) => number): (...operands: readonly NdArray[]) => NdArray {
  return (...operands) => {
    const rank = Math.max(...operands.map(({ shape }) => shape.length));
    const shape = Array.from({ length: rank }, (_, axis) => {
      const sizes = operands.map((operand) => operand.shape[axis - rank + operand.shape.length] ?? 1);
      return sizes.find((size) => size !== 1) ?? 1;
    });
    return tabulate(shape, (index) => compute(...operands.map((operand) => at(operand, index))));
  };
}

/** A function of all values along some axes, those axes kept as 1 or dropped. */
export function overAxes(x: NdArray, axes: readonly number[], keep: boolean, compute: (values: readonly number[]) => number): NdArray {
  const sizes = axes.map((axis) => x.shape[axis]!);
  const kept = tabulate(
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    (index) => {
      const inner = tabulate(sizes, (within) => {
        const full = [...index];
        axes.forEach((axis, position) => (full[axis] = within[position]!));
        return at(x, full);
      });
      return compute(inner.data);
    },
  );
  return keep ? kept : { shape: x.shape.filter((_, axis) => !axes.includes(axis)), data: kept.data };
}

/** A function of each line of values along one axis, the line's length kept. */
export function alongAxis(x: NdArray, axis: number, compute: (line: readonly number[]) => readonly number[]): NdArray {
  return tabulate(x.shape, (index) => {
    const line = Array.from({ length: x.shape[axis]! }, (_, position) => at(x, index.with(axis, position)));
    return compute(line)[index[axis]!]!;
  });
}
