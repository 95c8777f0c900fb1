import fc from 'fast-check';
import type { Dimension } from './dimension.ts';

/** A shape as declared, with the sizes that its symbolic dimensions take in one run and in another. */
export interface DeclaredShape {
  readonly shape: readonly Dimension[];
  readonly sizes: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>];
}

/** Random shapes, each axis fixed or symbolic (`s0`, `s1`, …). */
export function shapes(
  options: {
    readonly minRank?: number;
    readonly maxRank?: number;
    readonly maxSize?: number;
    readonly fixedFromEnd?: number;
    readonly prefix?: string;
  } = {},
): fc.Arbitrary<DeclaredShape> {
  const { minRank = 0, maxRank = 4, maxSize = 5, fixedFromEnd = 0, prefix = 's' } = options;
  const size = fc.integer({ min: 1, max: maxSize });
  const axis = fc.record({ symbolic: fc.boolean(), first: size, second: size });
  return fc.array(axis, { minLength: minRank, maxLength: maxRank }).map((axes) => {
    const sizes: [Record<string, number>, Record<string, number>] = [{}, {}];
    const shape = axes.map(({ symbolic, first, second }, index) => {
      if (!symbolic || axes.length - index <= fixedFromEnd) return first;
      const name = `${prefix}${index}`;
      [sizes[0][name], sizes[1][name]] = [first, second];
      return name;
    });
    return { shape, sizes };
  });
}

/** Shapes that broadcast to one another: axes of a common shape left out in front or set to 1. */
export function broadcastShapes(
  count: number,
  options: Parameters<typeof shapes>[0] = {},
): fc.Arbitrary<{ readonly shapes: readonly (readonly Dimension[])[]; readonly sizes: DeclaredShape['sizes'] }> {
  return shapes(options).chain(({ shape, sizes }) =>
    fc
      .array(
        fc.record({
          dropped: fc.integer({ min: 0, max: shape.length }),
          ones: fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          whole: fc.boolean(),
        }),
        { minLength: count, maxLength: count },
      )
      .map((operands) => ({
        sizes,
        shapes: operands.map(({ dropped, ones, whole }, which) =>
          // The first operand is whole now and then, so that broadcasting goes both ways and sometimes not at all.
          whole && which === 0 ? shape : shape.map((size, axis) => (ones[axis]! ? 1 : size)).slice(whole ? 0 : dropped),
        ),
      })),
  );
}

/** An axis of a shape, counted from the front or from the end. */
export function axisOf(shape: readonly Dimension[]): fc.Arbitrary<{ readonly axis: number; readonly given: number }> {
  return fc
    .record({ axis: fc.integer({ min: 0, max: shape.length - 1 }), negative: fc.boolean() })
    .map(({ axis, negative }) => ({ axis, given: negative ? axis - shape.length : axis }));
}
