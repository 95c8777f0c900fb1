import { expect } from 'vitest';
import { createRandom, type Random } from '../../base/random.ts';
import type { DataType } from './data-type.ts';
import { resolveDimension, type Shape } from './dimension.ts';
import { gradients } from './gradient.ts';
import { input } from './leaf.ts';
import type { NdArray } from './nd-array.fixture.ts';
import type { Dialect } from './onnx/lowering.ts';
import { add, multiply } from './operators/binary.ts';
import { sum } from './operators/reduce.ts';
import { compileProgram, type Program, type TensorValue } from './program.ts';
import type { Tensor } from './tensor.ts';

/** What an operator is fed in a check. */
export interface CheckedInput {
  readonly shape: Shape;
  /** @default 'float32' */
  readonly dtype?: DataType;
  /** @default {@link between} −2 and 2 */
  readonly values?: (count: number, random: Random, sizes: Readonly<Record<string, number>>) => readonly number[];
  /** Leave it out of the gradient check. @default false */
  readonly fixed?: boolean;
}

/** One use of an operator, with what it must compute. */
export interface OperatorUse {
  readonly inputs: readonly CheckedInput[];
  /** Values of the symbolic dimensions; the graph, compiled once, runs with each. */
  readonly sizes: readonly Readonly<Record<string, number>>[];
  readonly build: (...inputs: readonly Tensor[]) => Tensor | readonly Tensor[];
  /** The same in plain numbers. Left out: only the gradient is checked. */
  readonly reference?: (...inputs: readonly NdArray[]) => NdArray | readonly NdArray[];
}

/** Step of the differences. A power of two, and inputs on a grid, so that stepping makes no rounding error. */
const step = 2 ** -6;
const grid = 2 ** 10;

/** Random numbers in [low, high], none nearer than .05 to a place where the operator is not smooth. */
export function between(low: number, high: number, kinks: readonly number[] = []): NonNullable<CheckedInput['values']> {
  return (count, random) =>
    Array.from({ length: count }, () => {
      for (;;) {
        const value = Math.round((low + (high - low) * random.next()) * grid) / grid;
        if (kinks.every((kink) => Math.abs(value - kink) > 0.05)) return value;
      }
    });
}

/** Random numbers of which no two are nearer than an eighth: order does not change within a step. */
export function distinct(): NonNullable<CheckedInput['values']> {
  return (count, random) => {
    const values = Array.from({ length: count }, (_, at) => (at - count / 2) / 8);
    random.shuffle(values);
    return values;
  };
}

/** Whole numbers in [0, bound). */
export function wholeBelow(bound: number): NonNullable<CheckedInput['values']> {
  return (count, random) => Array.from({ length: count }, () => random.integer(bound));
}

/**
 * Runs a use of an operator: outputs against the reference, and, unless `differentiable` is false, the gradient of
 * Σ output · weight, with random weights, against central differences of fourth order at a sample of elements.
 */
export async function checkOperator(
  use: OperatorUse,
  seed: number,
  options: { readonly differentiable?: boolean; readonly tolerance?: number } = {},
): Promise<void> {
  const tensors = use.inputs.map((spec, at) => input(`x${at}`, spec.dtype ?? 'float32', spec.shape));
  const outputs = [use.build(...tensors)].flat() as Tensor[];
  const dialect: Dialect = seed % 2 === 0 ? 'standard' : 'onnxruntime';
  const forward = await compileProgram(named('output', outputs), { threads: 1, dialect });
  const wanted = options.differentiable === false ? [] : tensors.filter((_, at) => isVaried(use.inputs[at]!));
  const floats = outputs.filter((output) => output.dtype === 'float32');
  const weighted = () => floats.map((output, at) => sum(multiply(output, input(`weight${at}`, 'float32', output.shape)))).reduce(add);
  const backward =
    wanted.length === 0 ? null : await compileProgram(named('gradient', gradients(weighted(), wanted)), { threads: 1, dialect });
  try {
    for (const [which, sizes] of use.sizes.entries()) {
      const random = createRandom(seed, which);
      const feeds = Object.fromEntries(use.inputs.map((spec, at) => [`x${at}`, feedOf(spec, random, sizes)]));
      const results = await runOnly(forward, feeds);
      outputs.forEach((output, at) => {
        const shape = output.shape.map((dimension) => resolveDimension(dimension, sizes));
        expect(results[`output${at}`]!.shape, `declared shape of output ${at}`).toEqual(shape);
      });
      if (use.reference !== undefined) compareOutputs(use, feeds, results);
      if (backward !== null)
        await compareGradients(use, { forward, backward, floats, outputs, feeds, random, tolerance: options.tolerance ?? 1e-3 });
    }
  } finally {
    await forward.close();
    await backward?.close();
  }
}

function isVaried(spec: CheckedInput): boolean {
  return (spec.dtype ?? 'float32') === 'float32' && spec.fixed !== true;
}

function named(prefix: string, tensors: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(tensors.map((tensor, at) => [`${prefix}${at}`, tensor]));
}

function runOnly(program: Program, feeds: Readonly<Record<string, TensorValue>>): Promise<Record<string, TensorValue>> {
  return program.run(Object.fromEntries(program.inputs.map(({ name }) => [name, feeds[name]!])));
}

function feedOf(spec: CheckedInput, random: Random, sizes: Readonly<Record<string, number>>): TensorValue {
  const shape = spec.shape.map((dimension) => resolveDimension(dimension, sizes)!);
  const values = (spec.values ?? between(-2, 2))(
    shape.reduce((a, b) => a * b, 1),
    random,
    sizes,
  );
  return { data: typed(values, spec.dtype ?? 'float32'), shape };
}

function typed(values: readonly number[], dtype: DataType): TensorValue['data'] {
  if (dtype === 'int32') return Int32Array.from(values);
  if (dtype === 'int64') return BigInt64Array.from(values, BigInt);
  return dtype === 'bool' ? Uint8Array.from(values) : Float32Array.from(values);
}

function compareOutputs(
  use: OperatorUse,
  feeds: Readonly<Record<string, TensorValue>>,
  results: Readonly<Record<string, TensorValue>>,
): void {
  const arrays = use.inputs.map((_, at) => ({
    shape: feeds[`x${at}`]!.shape,
    data: Array.from(feeds[`x${at}`]!.data as Float32Array, Number),
  }));
  [use.reference!(...arrays)].flat().forEach((expected, output) => {
    const result = results[`output${output}`]!;
    expect(result.shape, `shape of output ${output}`).toEqual(expected.shape);
    const scale = Math.max(1, ...expected.data.map(Math.abs).filter(Number.isFinite));
    expected.data.forEach((value, at) => {
      const actual = Number(result.data[at]);
      const fits = Number.isFinite(value) ? Math.abs(actual - value) <= 1e-5 * scale : Object.is(actual, value);
      if (!fits) expect.fail(`output ${output}, element ${at} of [${expected.shape.join(', ')}]: ${actual}, expected ${value}`);
    });
  });
}

interface GradientComparison {
  readonly forward: Program;
  readonly backward: Program;
  readonly floats: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly feeds: Readonly<Record<string, TensorValue>>;
  readonly random: Random;
  readonly tolerance: number;
}

async function compareGradients(use: OperatorUse, comparison: GradientComparison): Promise<void> {
  const { forward, backward, floats, outputs, feeds, random } = comparison;
  const first = await runOnly(forward, feeds);
  const weights = floats.map((output) => {
    const { shape, data } = first[`output${outputs.indexOf(output)}`]!;
    return { shape, data: Float32Array.from(data as Float32Array, () => (random.next() < 0.5 ? -1 : 1) * (0.5 + random.next())) };
  });
  const objective = async () => {
    const results = await runOnly(forward, feeds);
    let total = 0;
    floats.forEach((output, which) => {
      const data = results[`output${outputs.indexOf(output)}`]!.data as Float32Array;
      data.forEach((value, at) => (total += value * weights[which]!.data[at]!));
    });
    return total;
  };
  const weightFeeds = Object.fromEntries(weights.map((weight, which) => [`weight${which}`, weight]));
  const found = await runOnly(backward, { ...feeds, ...weightFeeds });
  const varied = use.inputs.flatMap((spec, at) => (isVaried(spec) ? [at] : []));
  for (const [order, which] of varied.entries()) {
    const { data, shape } = feeds[`x${which}`] as { data: Float32Array; shape: readonly number[] };
    const gradient = found[`gradient${order}`]!;
    expect(gradient.shape, `shape of the gradient of input ${which}`).toEqual(shape);
    for (const element of sampled(data.length, random)) {
      const value = data[element]!;
      const after = async (steps: number) => {
        data[element] = value + steps * step;
        return objective();
      };
      const expected = ((await after(-2)) - 8 * (await after(-1)) + 8 * (await after(1)) - (await after(2))) / (12 * step);
      data[element] = value;
      const actual = (gradient.data as Float32Array)[element]!;
      const bound = comparison.tolerance * Math.max(1, Math.abs(expected));
      if (!(Math.abs(actual - expected) <= bound)) {
        expect.fail(
          `gradient of input ${which}, element ${element} of [${shape.join(', ')}] (${value}): ${actual}, central differences say ${expected}`,
        );
      }
    }
  }
}

/** At most ten elements of an array: all of a small one. */
function sampled(count: number, random: Random): number[] {
  const all = Int32Array.from({ length: count }, (_, at) => at);
  random.shuffle(all);
  return [...all.subarray(0, 10)];
}
