import { describe, expect, it } from 'vitest';
import { zeros } from './initializers.ts';
import { constant, ConstantSizeError, input, parameter } from './leaf.ts';
import { add, multiply } from './operators/binary.ts';
import { gatherRows } from './operators/index-operators.ts';
import { sum } from './operators/reduce.ts';
import { concatenate, reshape } from './operators/shape.ts';
import { cast } from './operators/unary.ts';
import { compileProgram, FeedError, IndexOutOfRangeError, type Program, type TensorValue } from './program.ts';

const float = (values: readonly number[], shape: readonly number[] = [values.length]): TensorValue => ({
  data: Float32Array.from(values),
  shape,
});

async function closing<Result>(program: Program, use: (program: Program) => Promise<Result>): Promise<Result> {
  try {
    return await use(program);
  } finally {
    await program.close();
  }
}

describe('compileProgram', () => {
  it('takes any size for a symbolic dimension, one after the other', async () => {
    const x = input('x', 'float32', ['batch', 'length']);
    await closing(await compileProgram({ total: sum(x, { axes: [1] }) }), async (program) => {
      expect((await program.run({ x: float([1, 2, 3, 4, 5, 6], [2, 3]) }))['total']).toEqual(float([6, 15]));
      expect((await program.run({ x: float([1, 2], [1, 2]) }))['total']).toEqual(float([3]));
    });
  });

  it('writes an output into the array that it is given', async () => {
    const x = input('x', 'float32', ['n']);
    await closing(await compileProgram({ y: add(x, constant(1)) }), async (program) => {
      const target = float([0, 0]);
      const { y } = await program.run({ x: float([1, 2]) }, { y: target });
      expect(y).toBe(target);
      expect(target.data).toEqual(Float32Array.of(2, 3));
    });
  });

  it('holds the parameters that it is given, and asks for the others', async () => {
    const [given, asked] = [parameter('given', [2], zeros), parameter('asked', [2], zeros)];
    const options = { parameterValue: (name: string) => (name === 'given' ? Float32Array.of(10, 20) : null) };
    await closing(await compileProgram({ y: add(given, asked) }, options), async (program) => {
      expect(program.inputs.map(({ name }) => name)).toEqual(['asked']);
      expect((await program.run({ asked: float([1, 2]) }))['y']!.data).toEqual(Float32Array.of(11, 22));
    });
  });

  it('computes one tensor in the place of another', async () => {
    const [x, other] = [input('x', 'float32', [1]), input('other', 'float32', [1])];
    await closing(await compileProgram({ y: multiply(x, constant(2)) }, { substitutions: new Map([[x, other]]) }), async (program) => {
      expect((await program.run({ other: float([4]) }))['y']!.data).toEqual(Float32Array.of(8));
    });
  });

  it('checks products and sums of sizes between feeds', async () => {
    const x = input('x', 'float32', ['batch', 'length']);
    const padded = input('padded', 'float32', ['batch', '(1+length)']);
    const flat = input('flat', 'float32', ['batch*length']);
    const y = add(sum(concatenate([x, padded], 1)), sum(multiply(reshape(x, [-1]), flat)));
    await closing(await compileProgram({ y }), async (program) => {
      const good = {
        x: float([1, 1, 1, 1, 1, 1], [2, 3]),
        padded: float(new Array<number>(8).fill(1), [2, 4]),
        flat: float([1, 1, 1, 1, 1, 1]),
      };
      expect((await program.run(good))['y']!.data).toEqual(Float32Array.of(20));
      await expect(program.run({ ...good, padded: float([1, 1, 1, 1, 1, 1], [2, 3]) })).rejects.toThrow(
        'input "padded": "(1+length)" is 3 here, but the other inputs make it 4',
      );
      await expect(program.run({ ...good, flat: float([1]) })).rejects.toThrow(FeedError);
    });
  });

  it('refuses ids outside their table, through reshapes and casts, in int32 and int64', async () => {
    const table = parameter('table', [3, 2], zeros);
    const options = { parameterValue: () => new Float32Array(6) };
    const narrow = input('ids', 'int32', ['batch', 2]);
    await closing(await compileProgram({ y: gatherRows(table, cast(reshape(narrow, [-1]), 'int64')) }, options), async (program) => {
      const error = (await program
        .run({ ids: { data: Int32Array.of(0, 1, 2, 3), shape: [2, 2] } })
        .catch((thrown: unknown) => thrown)) as IndexOutOfRangeError;
      expect(error).toBeInstanceOf(IndexOutOfRangeError);
      expect(error.fields).toEqual({ input: 'ids', value: 3, position: [1, 1], table: 'parameter "table"', rows: 3 });
    });
    const wide = input('ids', 'int64', ['n']);
    await closing(await compileProgram({ y: gatherRows(table, wide) }, options), async (program) => {
      await expect(program.run({ ids: { data: BigInt64Array.of(0n, -1n), shape: [2] } })).rejects.toThrow('holds -1 at [1] (batch row 1)');
    });
  });

  it('holds ids to the smallest of the tables that they are looked up in', async () => {
    const ids = input('ids', 'int32', ['n']);
    const y = concatenate([gatherRows(parameter('large', [5, 1], zeros), ids), gatherRows(parameter('small', [2, 1], zeros), ids)], 0);
    await closing(
      await compileProgram({ y }, { parameterValue: (name) => new Float32Array(name === 'large' ? 5 : 2) }),
      async (program) => {
        await expect(program.run({ ids: { data: Int32Array.of(2), shape: [1] } })).rejects.toThrow('parameter "small" has rows 0 to 1');
      },
    );
  });
});

describe('constant', () => {
  it('takes its type from the array, or converts to the type that it is told', async () => {
    const values = {
      a: constant(Int32Array.of(7)),
      b: constant([1, 0], { dtype: 'bool' }),
      c: constant(Float32Array.of(2.9), { dtype: 'int32' }),
      d: constant(Int32Array.of(3), { dtype: 'int64' }),
      e: constant(BigInt64Array.of(4n), { dtype: 'float32' }),
    };
    expect(Object.values(values).map(({ dtype }) => dtype)).toEqual(['int32', 'bool', 'int32', 'int64', 'float32']);
    await closing(await compileProgram(values), async (program) => {
      const results = await program.run({});
      expect(Object.values(results).map(({ data }) => Array.from(data as Float32Array, Number))).toEqual([[7], [1, 0], [2], [3], [4]]);
    });
  });

  it('must fill its shape', () => {
    expect(() => constant([1, 2, 3], { shape: [2, 2] })).toThrow(ConstantSizeError);
    expect(constant([1, 2, 3, 4], { shape: [2, 2] }).shape).toEqual([2, 2]);
    expect(constant(5).shape).toEqual([]);
  });
});
