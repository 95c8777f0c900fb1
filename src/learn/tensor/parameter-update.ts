import { constant } from './leaf.ts';
import { add, divide, minimum, multiply } from './operators/binary.ts';
import { sum } from './operators/reduce.ts';
import { sqrt } from './operators/unary.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { initialParameters, type ParameterLayout } from './parameters.ts';
import { scalarValue, stepInput, stepScalar, stepVector, vectorValue } from './step-input.ts';
import type { TensorValue } from './tensor-value.ts';
import type { Tensor } from './tensor.ts';

/** Everything that a step changes; enough to go on exactly where a run stopped. */
export interface TrainingState {
  /** Steps taken. */
  step: number;
  readonly parameters: Float32Array;
  /** Optimizer vectors by name, each as long as the parameters. */
  readonly optimizer: Readonly<Record<string, Float32Array>>;
  /** What a step of several tasks remembers beside: the states of its strategy and of its loss weights. */
  readonly tasks?: { readonly strategy: readonly number[]; readonly lossWeights: readonly number[] };
}

/** How parameters move along a gradient. */
export interface UpdateOptions {
  readonly optimizer: Optimizer;
  /** Gradients are scaled down to this global L2 norm. Null: no clipping. */
  readonly clipNorm: number | null;
}

/**
 * The part of a step's graph that moves all parameters along one flat gradient: global norm, clipping (Pascanu et al.
 * 2013), optimizer.
 *
 * @param parameters the fed vector, `[layout.size]`
 * @param gradient `[layout.size]`
 * @returns outputs by name: `gradientNorm` before clipping, `next/parameters`, `next/` and each state of the optimizer
 */
export function updateOutputs(
  layout: ParameterLayout,
  parameters: Tensor,
  gradient: Tensor,
  { optimizer, clipNorm }: UpdateOptions,
): Record<string, Tensor> {
  const gradientNorm = sqrt(sum(multiply(gradient, gradient)));
  const clipped =
    clipNorm === null ? gradient : multiply(gradient, minimum(constant(1), divide(constant(clipNorm), add(gradientNorm, constant(1e-6)))));
  const update = optimizer.update({
    parameters,
    gradient: clipped,
    state: optimizer.state.map((name) => stepVector(name, layout.size)),
    learningRate: stepScalar('learningRate'),
    decayMask: stepVector('decayMask', layout.size),
    scalars: Object.fromEntries(Object.keys(optimizer.stepScalars(1)).map((name) => [name, stepScalar(name)])),
  });
  const outputs: Record<string, Tensor> = { gradientNorm, 'next/parameters': update.parameters };
  optimizer.state.forEach((name, index) => (outputs[`next/${name}`] = update.state[index]!));
  return outputs;
}

/** The vectors that {@link updateOutputs} reads and writes, two buffers each: what a failed step wrote is never taken. */
export interface ParameterBuffers {
  /** The present state. The arrays are reused by later steps. */
  state(): TrainingState;
  /** Goes on from a saved state; the arrays are copied. */
  restore(state: TrainingState): void;
  /** What the next step is fed, and where it is to write. */
  read(step: number, learningRate: number): { readonly feeds: Record<string, TensorValue>; readonly into: Record<string, TensorValue> };
  /** Takes what the step wrote as the present state. */
  accept(step: number): void;
}

/**
 * Buffers for a layout, with parameters from their initializers under `seed`.
 *
 * @param decays which parameters weight decay applies to; default those with two axes or more
 */
export function createParameterBuffers(
  layout: ParameterLayout,
  optimizer: Optimizer,
  seed: number,
  decays: (name: string, shape: readonly number[]) => boolean = (_name, shape) => shape.length >= 2,
): ParameterBuffers {
  const decayMask = new Float32Array(layout.size);
  for (const slot of layout.slots) if (decays(slot.name, slot.shape)) decayMask.fill(1, slot.offset, slot.offset + slot.size);
  const names = ['parameters', ...optimizer.state];
  let current = Object.fromEntries(names.map((name) => [name, new Float32Array(layout.size)]));
  let next = Object.fromEntries(names.map((name) => [name, new Float32Array(layout.size)]));
  current['parameters']!.set(initialParameters(layout, seed));
  let steps = 0;
  return {
    state: () => ({
      step: steps,
      parameters: current['parameters']!,
      optimizer: Object.fromEntries(optimizer.state.map((name) => [name, current[name]!])),
    }),
    restore(state) {
      steps = state.step;
      current['parameters']!.set(state.parameters);
      for (const name of optimizer.state) current[name]!.set(state.optimizer[name]!);
    },
    read(step, learningRate) {
      const feeds: Record<string, TensorValue> = {};
      for (const name of names) feeds[stepInput(name)] = vectorValue(current[name]!);
      feeds[stepInput('learningRate')] = scalarValue(learningRate);
      feeds[stepInput('decayMask')] = vectorValue(decayMask);
      for (const [name, value] of Object.entries(optimizer.stepScalars(step))) feeds[stepInput(name)] = scalarValue(value);
      return { feeds, into: Object.fromEntries(names.map((name) => [`next/${name}`, vectorValue(next[name]!)])) };
    },
    accept(step) {
      [current, next] = [next, current];
      steps = step;
    },
  };
}
