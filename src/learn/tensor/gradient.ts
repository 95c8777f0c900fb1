import { NisusError } from '../../base/error.ts';
import { constant } from './leaf.ts';
import { add } from './operators/binary.ts';
import { broadcastTo } from './operators/shape.ts';
import { describe, ShapeError, topologicalOrder, type Node, type Tensor } from './tensor.ts';
import { formatShape, sameShape } from './dimension.ts';

/** Thrown when a value does not depend on what its gradient is asked for. */
export class GradientUnconnectedError extends NisusError {
  constructor(of: Tensor, withRespectTo: Tensor) {
    super('GRADIENT_UNCONNECTED', `${describe(of)} does not depend on ${describe(withRespectTo)}: no gradient flows between them`, {
      fields: { of: describe(of), withRespectTo: describe(withRespectTo) },
    });
  }
}

/** Thrown when an operator's gradient has another shape than its input: a fault of that operator. */
export class GradientShapeError extends NisusError {
  constructor(node: Node, input: Tensor, cotangent: Tensor) {
    super(
      'GRADIENT_SHAPE',
      `gradient of ${node.kind} at ${node.path === '' ? 'top level' : node.path} for ${describe(input)}: shape ${formatShape(cotangent.shape)}, expected ${formatShape(input.shape)}`,
      { fields: { operator: node.kind, path: node.path } },
    );
  }
}

/**
 * Reverse-mode automatic differentiation, graph to graph: the returned tensors are ordinary ones and can be used,
 * differentiated again or fetched.
 *
 * @param of usually a scalar loss; any shape when `seed` is given
 * @param withRespectTo parameters, inputs or intermediate tensors
 * @param options.seed cotangent of `of`, same shape; default ones
 * @param options.unconnected what to do where nothing flows: `error` (default) or `zero`
 * @returns one gradient for each entry of `withRespectTo`, of its shape
 * @throws {GradientUnconnectedError} {@link ShapeError} where the seed has another shape than `of`
 */
export function gradients(
  of: Tensor,
  withRespectTo: readonly Tensor[],
  options: { readonly seed?: Tensor; readonly unconnected?: 'error' | 'zero' } = {},
): Tensor[] {
  if (options.seed !== undefined && !sameShape(options.seed.shape, of.shape)) {
    throw new ShapeError('gradients', [of, options.seed], 'the seed must have the shape of what is differentiated');
  }
  const order = topologicalOrder([of]);
  const wanted = new Set(withRespectTo);
  const leading = nodesLeadingTo(order, wanted);
  const cotangents = new Map<Tensor, Tensor>();
  cotangents.set(of, options.seed ?? broadcastTo(constant(1), of.shape, of));
  for (const node of order.reverse()) {
    if (!leading.has(node) || node.pullback === null) continue;
    const upstream = node.outputs.map((output) => cotangents.get(output) ?? null);
    if (upstream.every((cotangent) => cotangent === null)) continue;
    node.pullback(upstream).forEach((cotangent, position) => {
      const target = node.inputs[position]!;
      if (cotangent === null || !(wanted.has(target) || leading.has(target.node))) return;
      if (!sameShape(cotangent.shape, target.shape)) throw new GradientShapeError(node, target, cotangent);
      const before = cotangents.get(target);
      cotangents.set(target, before === undefined ? cotangent : add(before, cotangent));
    });
  }
  return withRespectTo.map((target) => {
    const found = cotangents.get(target);
    if (found !== undefined) return found;
    if (options.unconnected === 'zero') return broadcastTo(constant(0), target.shape, target);
    throw new GradientUnconnectedError(of, target);
  });
}

/** Nodes through which a wanted tensor influences the result. */
function nodesLeadingTo(order: readonly Node[], wanted: ReadonlySet<Tensor>): Set<Node> {
  const leading = new Set<Node>();
  for (const node of order) {
    if (node.inputs.some((input) => wanted.has(input) || leading.has(input.node))) leading.add(node);
  }
  return leading;
}
