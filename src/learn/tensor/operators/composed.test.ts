import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDropoutPool } from '../dropout-pool.ts';
import { resolveDimension } from '../dimension.ts';
import { between, distinct, wholeBelow, type CheckedInput } from '../gradient-check.fixture.ts';
import { gradients } from '../gradient.ts';
import { input } from '../leaf.ts';
import { alongAxis, at, elementwise, overAxes, tabulate, type NdArray } from '../nd-array.fixture.ts';
import { axisOf, broadcastShapes, shapes, type DeclaredShape } from '../operator-shapes.fixture.ts';
import { operatorSuite, type OperatorCase } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import type { Tensor } from '../tensor.ts';
import * as batchedGather from './batched-gather.ts';
import * as crossEntropy from './binary-cross-entropy-with-logits.ts';
import * as cosine from './cosine-similarity.ts';
import * as cumulative from './cumulative-log-sum-exp.ts';
import * as dice from './dice.ts';
import * as flip from './flip.ts';
import * as gumbel from './gumbel-noise.ts';
import * as huber from './huber.ts';
import * as maskedSoftmax from './masked-softmax.ts';
import * as pad from './pad.ts';
import * as prelu from './prelu.ts';
import * as product from './product.ts';
import * as repeat from './repeat.ts';
import * as sort from './sort.ts';
import * as distances from './squared-distances.ts';
import * as variance from './variance.ts';

const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const withAxis = (declared: DeclaredShape) => axisOf(declared.shape).map((axis) => ({ ...declared, ...axis }));
const axisCases = (
  build: (x: Tensor, axis: number) => Tensor,
  reference: (x: NdArray, axis: number) => NdArray,
  options: { readonly values?: CheckedInput['values']; readonly fixed?: boolean } = {},
): OperatorCase => ({
  uses: shapes({ minRank: 1, fixedFromEnd: options.fixed === true ? 4 : 0 })
    .chain(withAxis)
    .map(({ shape, sizes, axis, given }) => ({
      sizes,
      inputs: [{ shape, ...(options.values && { values: options.values }) }],
      build: (x) => build(x!, given),
      reference: (x) => reference(x!, axis),
    })),
  runs: 20,
});

describe('flip', () => operatorSuite(flip, { flip: axisCases(flip.flip, (x, axis) => alongAxis(x, axis, (line) => line.toReversed())) }));

describe('pad', () =>
  operatorSuite(pad, {
    pad: {
      uses: fc
        .tuple(shapes({ minRank: 1 }).chain(withAxis), fc.nat({ max: 3 }), fc.nat({ max: 3 }), fc.option(fc.constantFrom(1, -2.5)))
        .map(([{ shape, sizes, axis, given }, before, after, value]) => ({
          sizes,
          inputs: [{ shape }],
          build: (x) => (value === null ? pad.pad(x!, given, before, after) : pad.pad(x!, given, before, after, value)),
          reference: (x) => {
            const size = x!.shape[axis]!;
            return tabulate(x!.shape.with(axis, before + size + after), (index) => {
              const place = index[axis]! - before;
              return place < 0 || place >= size ? (value ?? 0) : at(x!, index.with(axis, place));
            });
          },
        })),
      runs: 20,
    },
  }));

describe('repeat', () => {
  const repeated = (build: typeof repeat.repeat, source: (place: number, count: number, size: number) => number): OperatorCase => ({
    uses: fc
      .tuple(shapes({ minRank: 1, maxRank: 3 }).chain(withAxis), fc.integer({ min: 1, max: 3 }), fc.boolean())
      .map(([{ shape, sizes, axis, given }, count, symbolic]) => ({
        sizes: sizes.map((each) => ({ ...each, count })),
        inputs: [{ shape }, { shape: ['count'], fixed: true }],
        build: (x, like) => build(x!, given, symbolic ? 'count' : count, like),
        reference: (x) =>
          tabulate(x!.shape.with(axis, x!.shape[axis]! * count), (index) =>
            at(x!, index.with(axis, source(index[axis]!, count, x!.shape[axis]!))),
          ),
      })),
    runs: 20,
  });
  operatorSuite(repeat, {
    repeat: repeated(repeat.repeat, (place, count) => Math.floor(place / count)),
    tile: repeated(repeat.tile, (place, _count, size) => place % size),
  });
});

describe('sort', () =>
  operatorSuite(sort, {
    sort: {
      uses: fc
        .tuple(shapes({ minRank: 1, maxRank: 3, fixedFromEnd: 1 }), fc.option(fc.boolean()))
        .map(([{ shape, sizes }, descending]) => ({
          sizes,
          inputs: [{ shape, values: distinct() }],
          build: (x) => Object.values(sort.sort(x!, descending === null ? {} : { descending })),
          reference: (x) => {
            const last = x!.shape.length - 1;
            const direction = descending === true ? -1 : 1;
            const order = (line: readonly number[]) => line.map((_, place) => place).sort((a, b) => direction * (line[a]! - line[b]!));
            return [alongAxis(x!, last, (line) => order(line).map((place) => line[place]!)), alongAxis(x!, last, order)];
          },
        })),
    },
  }));

describe('product', () =>
  operatorSuite(product, {
    product: axisCases(product.product, (x, axis) => overAxes(x, [axis], false, (values) => values.reduce((a, b) => a * b, 1)), {
      fixed: true,
      // Zeros, also several in a line: the gradient must not divide by them.
      values: (count, random) => Array.from({ length: count }, () => (random.integer(4) === 0 ? 0 : (random.integer(17) - 8) / 4)),
    }),
  }));

describe('variance', () =>
  operatorSuite(variance, {
    variance: axisCases(
      (x, axis) => variance.variance(x, { axes: [axis] }),
      (x, axis) =>
        overAxes(x, [axis], false, (values) => total(values.map((value) => (value - total(values) / values.length) ** 2)) / values.length),
    ),
  }));

describe('cosineSimilarity', () =>
  operatorSuite(cosine, {
    cosineSimilarity: {
      uses: fc.tuple(broadcastShapes(2, { maxRank: 3 }), fc.integer({ min: 1, max: 4 })).map(
        ([
          {
            shapes: [left, right],
            sizes,
          },
          dim,
        ]) => ({
          sizes,
          inputs: [left, right].map((shape) => ({ shape: [...shape!, dim], values: between(0.4, 2) })),
          build: (a, b) => cosine.cosineSimilarity(a!, b!),
          reference: (a, b) => {
            const last = (x: NdArray) => [x.shape.length - 1];
            const dot = elementwise((x, y) => x! * y!)(a!, b!);
            const norm = (x: NdArray) => overAxes(x, last(x), false, (values) => Math.hypot(...values));
            return elementwise((sum, x, y) => sum! / (x! * y!))(overAxes(dot, last(dot), false, total), norm(a!), norm(b!));
          },
        }),
      ),
    },
  }));

describe('squaredDistances', () =>
  operatorSuite(distances, {
    squaredDistances: {
      uses: fc
        .tuple(shapes({ minRank: 1, maxRank: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
        .map(([{ shape, sizes }, codes, dim]) => ({
          sizes,
          inputs: [{ shape: [...shape, dim] }, { shape: [codes, dim] }],
          build: (a, b) => distances.squaredDistances(a!, b!),
          reference: (a, b) =>
            tabulate([...a!.shape.slice(0, -1), codes], (index) =>
              total(Array.from({ length: dim }, (_, axis) => (at(a!, [...index.slice(0, -1), axis]) - at(b!, [index.at(-1)!, axis])) ** 2)),
            ),
        })),
    },
  }));

describe('huber', () =>
  operatorSuite(huber, {
    huber: {
      uses: fc.tuple(shapes(), fc.constantFrom(0.5, 1)).map(([{ shape, sizes }, delta]) => ({
        sizes,
        inputs: [{ shape, values: between(-2, 2, [0, delta, -delta]) }],
        build: (x) => huber.huber(x!, delta),
        reference: elementwise((x) => (Math.abs(x!) <= delta ? x! ** 2 / 2 : delta * (Math.abs(x!) - delta / 2))),
      })),
    },
  }));

describe('binaryCrossEntropyWithLogits', () =>
  operatorSuite(crossEntropy, {
    binaryCrossEntropyWithLogits: {
      uses: broadcastShapes(2).map(({ shapes: [logits, labels], sizes }) => ({
        sizes,
        inputs: [{ shape: logits! }, { shape: labels!, values: between(0, 1) }],
        build: (x, y) => crossEntropy.binaryCrossEntropyWithLogits(x!, y!),
        reference: elementwise((x, y) => y! * Math.log1p(Math.exp(-x!)) + (1 - y!) * Math.log1p(Math.exp(x!))),
      })),
    },
  }));

describe('prelu', () =>
  operatorSuite(prelu, {
    prelu: {
      uses: broadcastShapes(2).map(({ shapes: [x, slope], sizes }) => ({
        sizes,
        inputs: [{ shape: x!, values: between(-2, 2, [0]) }, { shape: slope! }],
        build: (value, a) => prelu.prelu(value!, a!),
        reference: elementwise((value, a) => (value! > 0 ? value! : a! * value!)),
      })),
    },
  }));

describe('dice', () => {
  const statistics = (x: NdArray) => {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const mean = overAxes(x, axes, false, (values) => total(values) / values.length);
    const deviation = overAxes(
      x,
      axes,
      false,
      (values) => total(values.map((value) => (value - total(values) / values.length) ** 2)) / values.length,
    );
    return [mean, deviation] as const;
  };
  operatorSuite(dice, {
    batchStatistics: {
      uses: shapes({ minRank: 2, maxRank: 3 }).map(({ shape, sizes }) => ({
        sizes,
        inputs: [{ shape }],
        build: (x) => Object.values(dice.batchStatistics(x!)),
        reference: (x) => statistics(x!),
      })),
    },
    dice: {
      uses: fc.tuple(fc.integer({ min: 4, max: 6 }), fc.integer({ min: 1, max: 3 })).map(([batch, dim]) => ({
        sizes: [{ batch }, { batch: batch + 1 }],
        // Spread out: a batch of nearly equal values has no deviation to divide by.
        inputs: [
          { shape: ['batch', dim], values: (count, random) => distinct()(count, random, {}).map((value) => value * 2) },
          { shape: [dim] },
        ],
        build: (x, slope) => dice.dice(x!, slope!),
        reference: (x, slope) => {
          const [mean, deviation] = statistics(x!);
          return elementwise((value, a, m, v) => {
            const p = 1 / (1 + Math.exp(-(value! - m!) / Math.sqrt(v! + 1e-8)));
            return p * value! + (1 - p) * a! * value!;
          })(x!, slope!, mean, deviation);
        },
      })),
    },
  });
});

describe('maskedSoftmax', () => {
  operatorSuite(maskedSoftmax, {
    maskedSoftmax: {
      uses: shapes({ minRank: 1, maxRank: 3 })
        .chain(withAxis)
        .map(({ shape, sizes, axis, given }) => ({
          sizes,
          inputs: [{ shape }, { shape, dtype: 'bool', values: wholeBelow(2) }],
          build: (x, mask) => maskedSoftmax.maskedSoftmax(x!, mask!, given),
          reference: (x, mask) => {
            const weights = elementwise((value, keep) => keep! * Math.exp(value!))(x!, mask!);
            return alongAxis(weights, axis, (line) => line.map((weight) => (weight === 0 ? 0 : weight / total(line))));
          },
        })),
      runs: 20,
    },
  });
});

describe('cumulativeLogSumExp', () => {
  const reference = (line: readonly number[]) => line.map((_, end) => Math.log(total(line.slice(0, end + 1).map(Math.exp))));
  operatorSuite(cumulative, {
    cumulativeLogSumExp: {
      uses: fc
        .tuple(shapes({ minRank: 1, maxRank: 3, maxSize: 9, fixedFromEnd: 4 }).chain(withAxis), fc.option(fc.boolean()))
        .map(([{ shape, sizes, axis, given }, reverse]) => ({
          sizes,
          inputs: [{ shape }],
          build: (x) => cumulative.cumulativeLogSumExp(x!, given, reverse === null ? {} : { reverse }),
          reference: (x) => alongAxis(x!, axis, (line) => (reverse === true ? reference(line.toReversed()).toReversed() : reference(line))),
        })),
      runs: 20,
    },
  });

  it('loses nothing where a beginning lies far below the rest', async () => {
    const x = input('x', 'float32', [4]);
    const result = cumulative.cumulativeLogSumExp(x, 0);
    const program = await compileProgram({ result, gradient: gradients(result, [x])[0]! });
    const results = await program.run({ x: { data: Float32Array.of(-500, -500, 500, -500), shape: [4] } });
    expect(Array.from(results['result']!.data as Float32Array)).toEqual([-500, expect.closeTo(-500 + Math.log(2), 3), 500, 500]);
    expect(Array.from(results['gradient']!.data as Float32Array)).toEqual([1.5, 0.5, 2, 0].map((value) => expect.closeTo(value, 5)));
    await program.close();
  });
});

describe('batchedGather', () =>
  operatorSuite(batchedGather, {
    batchedGather: {
      uses: fc
        .record({
          table: shapes({ minRank: 2, maxRank: 4 }),
          count: shapes({ minRank: 1, maxRank: 1, prefix: 'k' }),
          dtype: fc.constantFrom('int32' as const, 'int64' as const),
        })
        .map(({ table, count, dtype }) => ({
          sizes: table.sizes.map((each, which) => ({ ...each, ...count.sizes[which] })),
          inputs: [
            { shape: table.shape },
            {
              shape: [table.shape[0]!, count.shape[0]!],
              dtype,
              values: (size, random, sizes) => wholeBelow(resolveDimension(table.shape[1]!, sizes)!)(size, random, sizes),
            },
          ],
          build: (x, indices) => batchedGather.batchedGather(x!, indices!),
          reference: (x, indices) =>
            tabulate([x!.shape[0]!, indices!.shape[1]!, ...x!.shape.slice(2)], ([row, place, ...rest]) =>
              at(x!, [row!, at(indices!, [row!, place!]), ...rest]),
            ),
        })),
      runs: 25,
    },
  }));

describe('gumbelNoise', () => {
  operatorSuite(gumbel, {}, { gumbelNoise: 'below: it has no input' });

  it('puts the largest logit at each place as often as softmax says', async () => {
    const noise = gumbel.gumbelNoise(['draws', 3]);
    const program = await compileProgram({ noise });
    const weights = [0.2, 0.5, 0.3];
    const draws = 30_000;
    const masks = createDropoutPool(3).masks(program.inputs, 1, { draws });
    const values = (await program.run(masks))['noise']!.data as Float32Array;
    expect(values.every(Number.isFinite)).toBe(true);
    const wins = [0, 0, 0];
    for (let draw = 0; draw < draws; draw++) {
      const scores = weights.map((weight, at) => Math.log(weight) + values[draw * 3 + at]!);
      wins[scores.indexOf(Math.max(...scores))]!++;
    }
    wins.forEach((count, at) => expect(count / draws).toBeCloseTo(weights[at]!, 2));
    await program.close();
  });
});
