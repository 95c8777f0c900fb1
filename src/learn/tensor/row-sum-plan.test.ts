import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { input } from './leaf.ts';
import { addRows } from './operators/index-operators.ts';
import { compileProgram } from './program.ts';
import { planRowSums, RowSumIndexError } from './row-sum-plan.ts';

/** Follows a plan with plain loops, counting how often each update is taken. */
function follow(indices: Int32Array, rows: number): number[][] {
  const { levels, places } = planRowSums(indices, rows);
  let entries: number[][] = Array.from(indices, (_, at) => [at]);
  const sums: number[][] = [];
  for (const { data, shape } of levels) {
    const [chunks, width] = shape;
    entries = Array.from({ length: chunks }, (_, chunk) =>
      [...data.subarray(chunk * width, (chunk + 1) * width)].flatMap((place) => entries[place] ?? []),
    );
    sums.push(...entries);
  }
  return Array.from(places, (place) => sums[place] ?? []);
}

it('takes each update of a row once, in order', () => {
  const skewed = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(30) }), { maxLength: 2_000 });
  fc.assert(
    fc.property(skewed, (list) => {
      const expected = Array.from({ length: 31 }, (_, row) => list.flatMap((index, at) => (index === row ? [at] : [])));
      expect(follow(Int32Array.from(list), 31)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

it('names the row that does not exist', () => {
  expect(() => planRowSums(Int32Array.of(0, 3), 3)).toThrow(RowSumIndexError);
  expect(() => planRowSums(Int32Array.of(-1), 3)).toThrow('row -1 at position 0');
});

it('sums in a graph as a loop does, one row heavy, many empty, twice the same bytes', async () => {
  const [count, width, rows] = [5_000, 6, 400];
  const random = createRandom(1, 'row-sums');
  const data = Int32Array.from({ length: count }, () => (random.next() < 0.5 ? 7 : random.integer(rows / 2)));
  const updates = Float32Array.from({ length: count * width }, () => random.normal());
  const like = input('updates', 'float32', ['count', width]);
  const program = await compileProgram({ sums: addRows(like, input('ids', 'int32', ['count']), rows, like) });
  expect(program.inputs.map(({ name }) => name).sort()).toEqual(['ids', 'updates']);
  expect(program.model.inputs.some(({ rowSum }) => rowSum !== null)).toBe(true);
  const run = async () =>
    (await program.run({ updates: { data: updates, shape: [count, width] }, ids: { data, shape: [count] } }))['sums']!.data as Float32Array;
  const sums = await run();
  const oracle = new Float64Array(rows * width);
  data.forEach((row, at) => {
    for (let column = 0; column < width; column++) oracle[row * width + column]! += updates[at * width + column]!;
  });
  sums.forEach((value, at) => expect(Math.abs(value - oracle[at]!)).toBeLessThan(1e-3));
  expect(await run()).toEqual(sums);
  const empty = await program.run({
    updates: { data: new Float32Array(0), shape: [0, width] },
    ids: { data: new Int32Array(0), shape: [0] },
  });
  expect((empty['sums']!.data as Float32Array).every((value) => value === 0)).toBe(true);
  await program.close();
});
