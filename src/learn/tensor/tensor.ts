import { NisusError } from '../../base/error.ts';
import type { Random } from '../../base/random.ts';
import type { DataType } from './data-type.ts';
import { formatShape, type Shape } from './dimension.ts';
import { currentLayerPath } from './layer-path.ts';
import type { Lowering } from './onnx/lowering.ts';

/** A value in a graph that has not been run: what will compute it, its shape and its type. */
export interface Tensor {
  readonly node: Node;
  /** Which of the node's outputs. */
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DataType;
}

/** One operation of a graph. Nodes point at their inputs, so a graph is whatever its outputs reach. */
export interface Node {
  /** Rises in order of creation. */
  readonly id: number;
  readonly kind: string;
  /** Layer path at creation, `block0.attention`; for messages and for the names of ONNX nodes. */
  readonly path: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly leaf: Leaf | null;
  /** Writes the node as ONNX and returns the names of its outputs. */
  readonly lower: (lowering: Lowering, inputs: readonly string[]) => readonly string[];
  /** Cotangents of the inputs from those of the outputs; null stands for "none". Null itself: nothing flows back. */
  readonly pullback: Pullback | null;
}

/** Vector–Jacobian product of a node. */
export type Pullback = (cotangents: readonly (Tensor | null)[]) => readonly (Tensor | null)[];

/** What stands at the edge of a graph. */
export type Leaf =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'dropoutMask'; readonly keep: number }
  | { readonly kind: 'uniformNoise' }
  | { readonly kind: 'parameter'; readonly name: string; readonly initializer: Initializer }
  | { readonly kind: 'constant'; readonly data: Float32Array | Int32Array | BigInt64Array | Uint8Array };

/** Fills a new parameter. `shape` is static; `random` is a stream of the parameter's own. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

/** Thrown when operands do not fit an operator; names the operator, the layer path and each operand's shape and type. */
export class ShapeError extends NisusError {
  constructor(kind: string, operands: readonly Tensor[], reason: string) {
    const path = currentLayerPath();
    const shapes = operands.map((operand) => `${describe(operand)} ${operand.dtype}${formatShape(operand.shape)}`);
    super('TENSOR_SHAPE', `${kind} at ${path === '' ? 'top level' : path}: ${reason}; operands: ${shapes.join(', ')}`, {
      fields: { operator: kind, path, shapes: operands.map((operand) => operand.shape) },
    });
  }
}

/** A short name for messages: the leaf's name, or operator and path. */
export function describe(tensor: Tensor): string {
  const { leaf, kind, path } = tensor.node;
  if (leaf?.kind === 'input' || leaf?.kind === 'parameter') return `${leaf.kind} "${leaf.name}"`;
  return path === '' ? kind : `${kind}@${path}`;
}

interface NodeDefinition {
  readonly kind: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly { readonly shape: Shape; readonly dtype: DataType }[];
  readonly lower: Node['lower'];
  readonly pullback?: ((outputs: readonly Tensor[]) => Pullback) | null;
  readonly leaf?: Leaf;
}

let nodesMade = 0;

/** Makes a node; `pullback` receives the node's own outputs, which many gradients reuse. */
export function makeNode(definition: NodeDefinition): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const node: Node = {
    id: nodesMade++,
    kind: definition.kind,
    path: currentLayerPath(),
    inputs: definition.inputs,
    outputs,
    leaf: definition.leaf ?? null,
    lower: definition.lower,
    pullback: definition.pullback == null ? null : definition.pullback(outputs),
  };
  definition.outputs.forEach(({ shape, dtype }, index) => outputs.push({ node, index, shape, dtype }));
  return outputs;
}

/** {@link makeNode} for the common case of one output. */
export function makeTensor(
  kind: string,
  inputs: readonly Tensor[],
  shape: Shape,
  dtype: DataType,
  lower: (lowering: Lowering, inputs: readonly string[]) => string,
  pullback: ((output: Tensor) => (cotangent: Tensor) => readonly (Tensor | null)[]) | null = null,
): Tensor {
  const [output] = makeNode({
    kind,
    inputs,
    outputs: [{ shape, dtype }],
    lower: (lowering, names) => [lower(lowering, names)],
    pullback:
      pullback === null
        ? null
        : (outputs) => {
            let rule: ((cotangent: Tensor) => readonly (Tensor | null)[]) | undefined;
            return ([cotangent]) => {
              rule ??= pullback(outputs[0]!);
              return cotangent == null ? inputs.map(() => null) : rule(cotangent);
            };
          },
  });
  return output!;
}

/** All nodes that the outputs reach, inputs before users. Iterative: deep graphs do not exhaust the stack. */
export function topologicalOrder(outputs: readonly Tensor[], substitute: (tensor: Tensor) => Tensor = (tensor) => tensor): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack = outputs.map((output) => substitute(output).node).reverse();
  while (stack.length > 0) {
    const node = stack.at(-1)!;
    if (state.get(node) === undefined) {
      state.set(node, 'open');
      for (const input of node.inputs) {
        const next = substitute(input).node;
        if (!state.has(next)) stack.push(next);
      }
    } else {
      stack.pop();
      if (state.get(node) === 'done') continue;
      state.set(node, 'done');
      order.push(node);
    }
  }
  return order;
}
