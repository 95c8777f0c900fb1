import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dimension } from '../dimension.ts';
import { input } from '../leaf.ts';
import { at, tabulate, type NdArray } from '../nd-array.fixture.ts';
import { emitOnnx } from '../onnx/emit.ts';
import { broadcastShapes, shapes } from '../operator-shapes.fixture.ts';
import { operatorSuite } from '../operator-suite.fixture.ts';
import type { Node } from '../tensor.ts';
import { topologicalOrder } from '../tensor.ts';
import * as matrix from './matrix.ts';

/** A size of the product: fixed, or symbolic with two values. */
const size = (name: string) =>
  fc
    .record({ symbolic: fc.boolean(), first: fc.integer({ min: 1, max: 4 }), second: fc.integer({ min: 1, max: 4 }) })
    .map(({ symbolic, first, second }) => ({
      dimension: symbolic ? name : first,
      sizes: symbolic ? [{ [name]: first }, { [name]: second }] : [{}, {}],
    }));

const product = (left: NdArray, right: NdArray, transposeLeft: boolean, transposeRight: boolean, scale: number): NdArray => {
  const turn = (x: NdArray, turned: boolean, index: readonly number[]) =>
    turned ? at(x, [...index.slice(0, -2), index.at(-1)!, index.at(-2)!]) : at(x, index);
  const [m, k] = transposeLeft ? [left.shape.at(-1)!, left.shape.at(-2)!] : [left.shape.at(-2)!, left.shape.at(-1)!];
  const n = transposeRight ? right.shape.at(-2)! : right.shape.at(-1)!;
  const rank = Math.max(left.shape.length, right.shape.length);
  const batch = Array.from({ length: rank - 2 }, (_, axis) =>
    Math.max(left.shape[axis - rank + left.shape.length] ?? 1, right.shape[axis - rank + right.shape.length] ?? 1),
  );
  return tabulate([...batch, m, n], (index) => {
    const [leading, row, column] = [index.slice(0, -2), index.at(-2)!, index.at(-1)!];
    let total = 0;
    for (let inner = 0; inner < k; inner++)
      total += turn(left, transposeLeft, [...leading, row, inner]) * turn(right, transposeRight, [...leading, inner, column]);
    return total * scale;
  });
};

describe('matrix products', () => {
  operatorSuite(matrix, {
    matmul: {
      uses: fc
        .record({
          batch: broadcastShapes(2, { maxRank: 2, maxSize: 3, prefix: 'b' }),
          m: size('m'),
          k: size('k'),
          n: size('n'),
          transposeLeft: fc.option(fc.boolean()),
          transposeRight: fc.option(fc.boolean()),
          scale: fc.option(fc.constantFrom(1, 2, 0.5, -1)),
        })
        .map(({ batch, m, k, n, transposeLeft, transposeRight, scale }) => {
          const operand = (leading: readonly Dimension[], rows: Dimension, columns: Dimension, turned: boolean | null) => ({
            shape: turned === true ? [...leading, columns, rows] : [...leading, rows, columns],
          });
          const options = {
            ...(transposeLeft !== null && { transposeLeft }),
            ...(transposeRight !== null && { transposeRight }),
            ...(scale !== null && { scale }),
          };
          return {
            sizes: [0, 1].map((which) => ({ ...batch.sizes[which], ...m.sizes[which], ...k.sizes[which], ...n.sizes[which] })),
            inputs: [
              operand(batch.shapes[0]!, m.dimension, k.dimension, transposeLeft),
              operand(batch.shapes[1]!, k.dimension, n.dimension, transposeRight),
            ],
            build: (left, right) => matrix.matmul(left!, right!, options),
            reference: (left, right) => product(left!, right!, transposeLeft ?? false, transposeRight ?? false, scale ?? 1),
          };
        }),
      runs: 60,
    },
    swapLastAxes: {
      uses: shapes({ minRank: 2 }).map(({ shape, sizes }) => ({
        sizes,
        inputs: [{ shape }],
        build: (x) => matrix.swapLastAxes(x!),
        reference: (x) =>
          tabulate([...x!.shape.slice(0, -2), x!.shape.at(-1)!, x!.shape.at(-2)!], (index) =>
            at(x!, [...index.slice(0, -2), index.at(-1)!, index.at(-2)!]),
          ),
      })),
    },
  });

  it('makes one product of a batch of rows against one matrix', () => {
    const result = matrix.matmul(input('x', 'float32', ['batch', 'length', 3]), input('w', 'float32', [3, 2]));
    const products = topologicalOrder([result]).filter((node: Node) => node.kind === 'matmul');
    expect(products.map((node) => node.outputs[0]!.shape)).toEqual([['batch*length', 2]]);
  });

  it('needs no transposition of its own in training graphs', () => {
    const result = matrix.matmul(input('a', 'float32', [3, 2]), input('b', 'float32', [4, 3]), {
      transposeLeft: true,
      transposeRight: true,
      scale: 2,
    });
    expect(emitOnnx({ result }, { dialect: 'onnxruntime' }).nodeCount).toBe(1);
    expect(emitOnnx({ result }, { dialect: 'standard' }).nodeCount).toBe(4);
  });
});
