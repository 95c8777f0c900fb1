import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveDimension, type Dimension } from '../dimension.ts';
import { checkOperator } from '../gradient-check.fixture.ts';
import { gradients } from '../gradient.ts';
import { input } from '../leaf.ts';
import { at, tabulate, type NdArray } from '../nd-array.fixture.ts';
import { axisOf, shapes, type DeclaredShape } from '../operator-shapes.fixture.ts';
import { operatorSuite } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import * as shape from './shape.ts';

const withAxis = (declared: DeclaredShape) => axisOf(declared.shape).map((axis) => ({ ...declared, ...axis }));
const reshaped = (x: NdArray, to: readonly number[]): NdArray => ({ shape: to, data: x.data });
const join = (parts: readonly NdArray[], axis: number): NdArray =>
  tabulate(
    parts[0]!.shape.with(
      axis,
      parts.reduce((total, part) => total + part.shape[axis]!, 0),
    ),
    (index) => {
      let place = index[axis]!;
      for (const part of parts) {
        if (place < part.shape[axis]!) return at(part, index.with(axis, place));
        place -= part.shape[axis]!;
      }
      throw new RangeError('past the last part');
    },
  );
const cut = (x: NdArray, axis: number, start: number, stop: number): NdArray =>
  tabulate(x.shape.with(axis, stop - start), (index) => at(x, index.with(axis, index[axis]! + start)));

/** A shape whose axis is as long as parts of these sizes together, some symbolic, and the parts. */
const parted = shapes({ minRank: 1, maxRank: 3 })
  .chain(withAxis)
  .chain((declared) =>
    fc
      .array(fc.record({ symbolic: fc.boolean(), first: fc.integer({ min: 1, max: 3 }), second: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => {
        const sizes = declared.sizes.map((given) => ({ ...given }) as Record<string, number>);
        const partSizes = parts.map(({ symbolic, first, second }, index): Dimension => {
          if (!symbolic) return first;
          [sizes[0]![`p${index}`], sizes[1]![`p${index}`]] = [first, second];
          return `p${index}`;
        });
        return { ...declared, sizes, partSizes };
      }),
  );

describe('shape operators', () => {
  operatorSuite(shape, {
    reshape: {
      uses: fc.tuple(shapes({ minRank: 1 }), fc.nat(), fc.boolean()).map(([{ shape: from, sizes }, at, free]) => {
        // The first axes stay, the others become one; and one entry may be left to be found out.
        const kept = at % from.length;
        const rest = from.slice(kept);
        const whole = rest.every((size) => typeof size === 'number') ? rest.reduce((a, b) => a * b, 1) : rest.length === 1 ? rest[0]! : -1;
        return {
          sizes,
          inputs: [{ shape: from }],
          build: (x) => shape.reshape(x!, [...from.slice(0, kept), free ? -1 : whole, 1]),
          reference: (x) => reshaped(x!, [...x!.shape.slice(0, kept), x!.shape.slice(kept).reduce((a, b) => a * b, 1), 1]),
        };
      }),
      runs: 25,
    },
    transpose: {
      uses: shapes()
        .chain((declared) =>
          fc
            .shuffledSubarray(
              declared.shape.map((_, axis) => axis),
              { minLength: declared.shape.length },
            )
            .map((permutation) => ({ ...declared, permutation })),
        )
        .map(({ shape: from, sizes, permutation }) => ({
          sizes,
          inputs: [{ shape: from }],
          build: (x) => shape.transpose(x!, permutation),
          reference: (x) =>
            tabulate(
              permutation.map((axis) => x!.shape[axis]!),
              (index) => {
                const source: number[] = [];
                permutation.forEach((axis, position) => (source[axis] = index[position]!));
                return at(x!, source);
              },
            ),
        })),
    },
    expandDimension: {
      uses: fc.tuple(shapes({ maxRank: 3 }), fc.nat(), fc.boolean()).map(([{ shape: from, sizes }, place, negative]) => {
        const axis = place % (from.length + 1);
        return {
          sizes,
          inputs: [{ shape: from }],
          build: (x) => shape.expandDimension(x!, negative ? axis - from.length - 1 : axis),
          reference: (x) => reshaped(x!, x!.shape.toSpliced(axis, 0, 1)),
        };
      }),
    },
    broadcastTo: {
      uses: shapes().chain((declared) =>
        fc
          .record({
            dropped: fc.integer({ min: 0, max: declared.shape.length }),
            ones: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
          })
          .map(({ dropped, ones }) => {
            const from = declared.shape.map((size, axis) => (ones[axis]! ? 1 : size)).slice(dropped);
            return {
              sizes: declared.sizes,
              inputs: [{ shape: from }, { shape: declared.shape, fixed: true }],
              build: (x, like) => shape.broadcastTo(x!, declared.shape, like),
              reference: (x, like) => tabulate(like!.shape, (index) => at(x!, index)),
            };
          }),
      ),
      runs: 25,
    },
    concatenate: {
      uses: parted.map(({ shape: base, sizes, axis, given, partSizes }) => ({
        sizes,
        inputs: partSizes.map((size) => ({ shape: base.with(axis, size) })),
        build: (...parts) => shape.concatenate(parts, given),
        reference: (...parts) => join(parts, axis),
      })),
      runs: 20,
    },
    split: {
      uses: parted.map(({ shape: base, sizes, axis, given, partSizes }) => ({
        sizes,
        // The parts are inputs only so that their sizes are fed.
        inputs: partSizes.map((size) => ({ shape: base.with(axis, size) })),
        build: (...parts) => shape.split(shape.concatenate(parts, axis), given, partSizes),
        reference: (...parts) => parts,
      })),
      runs: 20,
    },
    slice: {
      uses: shapes({ minRank: 1 })
        .chain(withAxis)
        .chain((declared) =>
          fc.record({
            declared: fc.constant(declared),
            start: fc.nat({ max: 4 }),
            length: fc.nat({ max: 4 }),
            from: fc.constantFrom('front', 'end', 'rest'),
          }),
        )
        .map(({ declared: { shape: base, sizes, axis, given }, start, length, from }) => {
          const full = base[axis]!;
          const smallest = Math.min(...sizes.map((each) => resolveDimension(full, each)!));
          const begin = start % smallest;
          const stop = begin + 1 + (length % (smallest - begin));
          const range: Record<string, [number, number]> = {
            front: [begin, stop],
            end: [begin - smallest, stop - smallest],
            rest: [begin, 2 ** 31],
          };
          const [first, last] = range[from]!;
          const symbolic = typeof full === 'string' && from !== 'front';
          return {
            sizes: sizes.map((each) => ({ ...each, cut: from === 'rest' ? resolveDimension(full, each)! - begin : stop - begin })),
            inputs: [{ shape: base }],
            build: (x) => shape.slice(x!, given, first, from === 'end' && last === 0 ? 2 ** 31 : last, symbolic ? { size: 'cut' } : {}),
            reference: (x) => {
              const end = x!.shape[axis]!;
              if (from === 'rest') return cut(x!, axis, begin, end);
              return from === 'front' ? cut(x!, axis, begin, stop) : cut(x!, axis, end + first, end + last);
            },
          };
        }),
      runs: 30,
    },
    stack: {
      uses: fc.tuple(shapes({ maxRank: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat()).map(([{ shape: each, sizes }, count, place]) => {
        const axis = place % (each.length + 1);
        return {
          sizes,
          inputs: Array.from({ length: count }, () => ({ shape: each })),
          build: (...parts) => shape.stack(parts, axis),
          reference: (...parts) =>
            join(
              parts.map((part) => reshaped(part, part.shape.toSpliced(axis, 0, 1))),
              axis,
            ),
        };
      }),
    },
    dimensionValue: {
      uses: shapes({ minRank: 1 }).map(({ shape: each, sizes }) => ({
        sizes,
        inputs: [{ shape: each }],
        build: (x) => shape.dimensionValue(x!, each[0]!),
        reference: (x) => tabulate([], () => x!.shape[0]!),
      })),
      withoutGradient: 'a size',
    },
    range: {
      uses: shapes({ minRank: 1 }).map(({ shape: each, sizes }) => ({
        sizes,
        inputs: [{ shape: each }],
        build: (x) => shape.range(each[0]!, x!),
        reference: (x) => tabulate([x!.shape[0]!], ([index]) => index!),
      })),
      withoutGradient: 'a size',
    },
  });

  it('reshapes to several symbolic sizes, and sums of them, at run time', async () => {
    await checkOperator(
      {
        sizes: [
          { batch: 2, length: 3 },
          { batch: 4, length: 1 },
        ],
        inputs: [{ shape: ['batch', 'length', 6] }],
        build: (x) => shape.reshape(shape.reshape(x!, [-1, 2]), ['length', 3, 'batch', 2]),
        reference: (x) => reshaped(x!, [x!.shape[1]!, 3, x!.shape[0]!, 2]),
      },
      1,
    );
    await checkOperator(
      {
        sizes: [
          { batch: 2, length: 3 },
          { batch: 3, length: 1 },
        ],
        inputs: [{ shape: ['batch', 'length', 2] }, { shape: ['batch', 1, 2] }],
        build: (x, start) => {
          const joined = shape.concatenate([start!, x!], 1);
          return shape.reshape(shape.reshape(joined, [-1]), ['(1+length)', 'batch', 2]);
        },
        reference: (x, start) => reshaped(join([start!, x!], 1), [1 + x!.shape[1]!, x!.shape[0]!, 2]),
      },
      2,
    );
  });

  it('gives the gradient alone a size that only its input carries', async () => {
    const x = input('x', 'float32', ['batch', 'length']);
    const program = await compileProgram({ gradient: gradients(shape.reshape(x, [-1]), [x])[0]! });
    const results = await program.run({ x: { data: new Float32Array(6), shape: [2, 3] } });
    expect(results['gradient']).toEqual({ data: new Float32Array(6).fill(1), shape: [2, 3] });
    await program.close();
  });

  it('computes a sum of sizes that no tensor has', async () => {
    await checkOperator(
      {
        sizes: [{ length: 2 }, { length: 4 }],
        inputs: [{ shape: ['length'], fixed: true }, { shape: [1] }],
        build: (x, one) => shape.broadcastTo(one!, ['2*(1+length)'], x),
        reference: (x, one) => tabulate([2 * (1 + x!.shape[0]!)], () => one!.data[0]!),
      },
      1,
    );
  });

  it('gives a gradient sizes that its own seed does not carry', async () => {
    const x = input('x', 'float32', ['batch', 'length']);
    const seed = input('seed', 'float32', ['batch*length']);
    const program = await compileProgram({ gradient: gradients(shape.reshape(x, [-1]), [x], { seed })[0]! });
    const results = await program.run({
      x: { data: new Float32Array(2), shape: [2, 1] },
      seed: { data: Float32Array.of(3, 4), shape: [2] },
    });
    expect(results['gradient']).toEqual({ data: Float32Array.of(3, 4), shape: [2, 1] });
    await program.close();
  });

  it('gives parts of a split that nothing uses a gradient of 0', async () => {
    await checkOperator(
      {
        sizes: [{ n: 2 }],
        inputs: [{ shape: ['n', 5] }],
        build: (x) => shape.split(x!, 1, [2, 1, 2])[1]!,
        reference: (x) => cut(x!, 1, 2, 3),
      },
      1,
    );
  });
});
