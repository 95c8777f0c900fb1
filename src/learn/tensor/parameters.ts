import { createRandom } from '../../base/random.ts';
import { NisusError } from '../../base/error.ts';
import { reshape, split } from './operators/shape.ts';
import { topologicalOrder, type Initializer, type Tensor } from './tensor.ts';

/** Where a parameter lies in the flat vector of all parameters. */
export interface ParameterSlot {
  readonly name: string;
  readonly tensor: Tensor;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly initializer: Initializer;
}

/** All parameters of a graph in one flat vector, ordered by name. */
export interface ParameterLayout {
  readonly slots: readonly ParameterSlot[];
  readonly size: number;
}

/** Thrown when two parameters of one graph have the same name. */
export class DuplicateParameterError extends NisusError {
  constructor(name: string) {
    super('PARAMETER_DUPLICATE', `parameter "${name}" is defined twice; build each layer under a name of its own, or reuse the tensor`, {
      fields: { name },
    });
  }
}

/**
 * Finds the parameters that the outputs reach.
 *
 * @throws {DuplicateParameterError}
 */
export function parameterLayout(outputs: readonly Tensor[]): ParameterLayout {
  const found = new Map<string, { tensor: Tensor; initializer: Initializer }>();
  for (const node of topologicalOrder(outputs)) {
    if (node.leaf?.kind !== 'parameter') continue;
    if (found.has(node.leaf.name)) throw new DuplicateParameterError(node.leaf.name);
    found.set(node.leaf.name, { tensor: node.outputs[0]!, initializer: node.leaf.initializer });
  }
  let offset = 0;
  const slots = [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { tensor, initializer }]) => {
      const shape = tensor.shape as readonly number[];
      const size = shape.reduce((a, b) => a * b, 1);
      const slot: ParameterSlot = { name, tensor, shape, offset, size, initializer };
      offset += size;
      return slot;
    });
  return { slots, size: offset };
}

/** Fresh values for a layout; each parameter draws from a stream named after it, so adding one moves no other. */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const values = new Float32Array(layout.size);
  for (const slot of layout.slots) {
    values.set(slot.initializer(slot.shape, createRandom(seed, 'parameter', slot.name)), slot.offset);
  }
  return values;
}

/**
 * The parameters of a layout cut from one fed vector.
 *
 * @param vector the tensor to cut, float32 `[layout.size]`
 * @param reached the layout of the graph that is compiled, by default the same; it may have fewer parameters, found by name
 * @returns what to put in the place of each parameter when a graph is compiled
 */
export function cutParameters(layout: ParameterLayout, vector: Tensor, reached: ParameterLayout = layout): ReadonlyMap<Tensor, Tensor> {
  const pieces = split(
    vector,
    0,
    layout.slots.map((slot) => slot.size),
  );
  const pieceOf = new Map(layout.slots.map(({ name }, index) => [name, pieces[index]!]));
  return new Map(reached.slots.map(({ name, tensor, shape }) => [tensor, reshape(pieceOf.get(name)!, shape)]));
}

/** A view of one parameter in a flat vector. */
export function parameterView(layout: ParameterLayout, flat: Float32Array, name: string): Float32Array | null {
  const slot = layout.slots.find((candidate) => candidate.name === name);
  return slot === undefined ? null : flat.subarray(slot.offset, slot.offset + slot.size);
}
