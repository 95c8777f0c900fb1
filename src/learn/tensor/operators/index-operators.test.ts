import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { resolveDimension } from '../dimension.ts';
import { distinct, wholeBelow, type OperatorUse } from '../gradient-check.fixture.ts';
import { constant, input } from '../leaf.ts';
import { alongAxis, at, tabulate } from '../nd-array.fixture.ts';
import { axisOf, shapes, type DeclaredShape } from '../operator-shapes.fixture.ts';
import { operatorSuite } from '../operator-suite.fixture.ts';
import { compileProgram } from '../program.ts';
import * as index from './index-operators.ts';

const whole = fc.constantFrom('int32' as const, 'int64' as const);
/** A table (its first axis may be symbolic) and indices into it, repeated ones among them. */
const lookups = fc.record({
  table: shapes({ minRank: 1, maxRank: 3, prefix: 't' }),
  indices: shapes({ maxRank: 2, prefix: 'i' }),
  dtype: whole,
});
const merged = (...all: readonly { readonly sizes: readonly Readonly<Record<string, number>>[] }[]) =>
  [0, 1].map((which) => Object.assign({}, ...all.map(({ sizes }) => sizes[which])) as Record<string, number>);

/** Like `x`, but of another size on one axis, with indices into that axis. */
const along = shapes({ minRank: 1, maxRank: 3 }).chain((declared) =>
  fc.record({ declared: fc.constant(declared), axis: axisOf(declared.shape), count: fc.integer({ min: 1, max: 4 }), dtype: whole }),
);

const bags = fc.record({
  table: shapes({ minRank: 2, maxRank: 2, prefix: 't' }),
  count: shapes({ minRank: 1, maxRank: 1, prefix: 'c' }),
  bag: fc.integer({ min: 1, max: 3 }),
  dtype: whole,
});
const bagIndices = (table: DeclaredShape, count: DeclaredShape, bag: number, dtype: 'int32' | 'int64'): OperatorUse['inputs'][number] => ({
  shape: [...count.shape, bag],
  dtype,
  values: (number, random, sizes) => wholeBelow(resolveDimension(table.shape[0]!, sizes)!)(number, random, sizes),
});

describe('index operators', () => {
  operatorSuite(index, {
    gatherRows: {
      uses: lookups.map(({ table, indices, dtype }) => ({
        sizes: merged(table, indices),
        inputs: [
          { shape: table.shape },
          {
            shape: indices.shape,
            dtype,
            values: (count, random, sizes) => wholeBelow(resolveDimension(table.shape[0]!, sizes)!)(count, random, sizes),
          },
        ],
        build: (rows, chosen) => index.gatherRows(rows!, chosen!),
        reference: (rows, chosen) =>
          tabulate([...chosen!.shape, ...rows!.shape.slice(1)], (place) => {
            const rank = chosen!.shape.length;
            return at(rows!, [at(chosen!, place.slice(0, rank)), ...place.slice(rank)]);
          }),
      })),
      runs: 25,
    },
    addRows: {
      uses: fc
        .record({
          table: shapes({ minRank: 1, maxRank: 3, prefix: 't' }),
          count: shapes({ minRank: 1, maxRank: 1, prefix: 'c' }),
          dtype: whole,
        })
        .map(({ table, count, dtype }) => ({
          sizes: merged(table, count),
          inputs: [
            { shape: [...count.shape, ...table.shape.slice(1)] },
            {
              shape: count.shape,
              dtype,
              values: (size, random, sizes) => wholeBelow(resolveDimension(table.shape[0]!, sizes)!)(size, random, sizes),
            },
            { shape: table.shape, fixed: true },
          ],
          build: (updates, chosen, like) => index.addRows(updates!, chosen!, table.shape[0]!, like!),
          reference: (updates, chosen, like) =>
            tabulate(like!.shape, ([row, ...rest]) =>
              chosen!.data.reduce((total, target, from) => total + (target === row ? at(updates!, [from, ...rest]) : 0), 0),
            ),
        })),
      runs: 25,
    },
    sumOfRows: {
      uses: bags.map(({ table, count, bag, dtype }) => ({
        sizes: merged(table, count),
        inputs: [{ shape: table.shape }, bagIndices(table, count, bag, dtype)],
        build: (rows, chosen) => index.sumOfRows(rows!, chosen!),
        reference: (rows, chosen) =>
          tabulate([chosen!.shape[0]!, rows!.shape[1]!], ([row, column]) =>
            Array.from({ length: bag }, (_, place) => at(rows!, [at(chosen!, [row!, place]), column!])).reduce((a, b) => a + b, 0),
          ),
      })),
    },
    addBags: {
      uses: bags.map(({ table, count, bag, dtype }) => ({
        sizes: merged(table, count),
        inputs: [{ shape: [...count.shape, table.shape[1]!] }, bagIndices(table, count, bag, dtype), { shape: table.shape, fixed: true }],
        build: (updates, chosen, like) => index.addBags(updates!, chosen!, table.shape[0]!, like!),
        reference: (updates, chosen, like) =>
          tabulate(like!.shape, ([row, column]) =>
            chosen!.data.reduce((total, target, from) => total + (target === row ? at(updates!, [Math.floor(from / bag), column!]) : 0), 0),
          ),
      })),
    },
    takeAlongAxis: {
      uses: along.map(({ declared: { shape, sizes }, axis: { axis, given }, count, dtype }) => ({
        sizes,
        inputs: [
          { shape },
          {
            shape: shape.with(axis, count),
            dtype,
            values: (total, random, each) => wholeBelow(resolveDimension(shape[axis]!, each)!)(total, random, each),
          },
        ],
        build: (x, chosen) => index.takeAlongAxis(x!, chosen!, given),
        reference: (x, chosen) => tabulate(chosen!.shape, (place) => at(x!, place.with(axis, at(chosen!, place)))),
      })),
      runs: 25,
    },
    addAlongAxis: {
      uses: along.map(({ declared: { shape, sizes }, axis: { axis, given }, count, dtype }) => ({
        sizes,
        inputs: [
          { shape: shape.with(axis, count) },
          {
            shape: shape.with(axis, count),
            dtype,
            values: (total, random, each) => wholeBelow(resolveDimension(shape[axis]!, each)!)(total, random, each),
          },
          { shape, fixed: true },
        ],
        build: (updates, chosen, like) => index.addAlongAxis(updates!, chosen!, given, like!),
        reference: (updates, chosen, like) =>
          tabulate(like!.shape, (place) => {
            let total = 0;
            for (let from = 0; from < count; from++)
              if (at(chosen!, place.with(axis, from)) === place[axis]) total += at(updates!, place.with(axis, from));
            return total;
          }),
      })),
      runs: 25,
    },
    oneHot: {
      uses: fc
        .record({ indices: shapes({ maxRank: 3 }), dtype: whole, depth: fc.integer({ min: 1, max: 5 }) })
        .map(({ indices, dtype, depth }) => ({
          sizes: indices.sizes,
          inputs: [{ shape: indices.shape, dtype, values: wholeBelow(depth) }],
          build: (x) => index.oneHot(x!, depth),
          reference: (x) => tabulate([...x!.shape, depth], (place) => Number(at(x!, place.slice(0, -1)) === place.at(-1))),
        })),
      withoutGradient: 'its input is whole numbers',
    },
    topK: {
      uses: shapes({ minRank: 1, maxRank: 3 })
        .chain((declared) => fc.nat().map((draw) => ({ ...declared, draw })))
        .map(({ shape, sizes, draw }) => {
          const smallest = Math.min(...sizes.map((each) => resolveDimension(shape.at(-1)!, each)!));
          const k = 1 + (draw % smallest);
          return {
            sizes,
            inputs: [{ shape, values: distinct() }],
            build: (x) => Object.values(index.topK(x!, k)),
            reference: (x) => {
              const last = x!.shape.length - 1;
              const order = alongAxis(x!, last, (line) => line.map((_, place) => place).toSorted((a, b) => line[b]! - line[a]!));
              const shapeOfK = x!.shape.with(last, k);
              return [
                tabulate(shapeOfK, (place) => at(x!, place.with(last, at(order, place)))),
                tabulate(shapeOfK, (place) => at(order, place)),
              ];
            },
          };
        }),
    },
  });

  it('adds many rows to few without losing any, in one order on two threads', async () => {
    const [count, width, rows] = [12_800, 64, 50];
    const random = createRandom(1, 'rows');
    const updates = { data: Float32Array.from({ length: count * width }, () => random.next()), shape: [count, width] };
    const indices = { data: Int32Array.from({ length: count }, () => random.integer(rows)), shape: [count] };
    const sum = index.addRows(input('updates', 'float32', ['count', width]), input('indices', 'int32', ['count']), rows, constant(0));
    const program = await compileProgram({ sum }, { threads: 2 });
    const expected = new Float64Array(rows * width);
    updates.data.forEach((value, place) => (expected[indices.data[Math.floor(place / width)]! * width + (place % width)]! += value));
    const first = (await program.run({ updates, indices }))['sum']!.data as Float32Array;
    expect(Math.max(...first.map((value, place) => Math.abs(value / expected[place]! - 1)))).toBeLessThan(1e-5);
    for (let again = 0; again < 5; again++) expect((await program.run({ updates, indices }))['sum']!.data).toEqual(first);
    await program.close();
  });
});
