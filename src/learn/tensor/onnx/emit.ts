import { create, toBinary } from '@bufbuild/protobuf';
import { topologicalOrder, type Node, type Tensor } from '../tensor.ts';
import { createLowering, valueInfo, type Dialect, type GraphInput } from './lowering.ts';
import { ModelProtoSchema, NodeProtoSchema, type NodeProto } from './onnx_pb.js';

/** Opset of the emitted files: old enough for every living runtime, new enough for LayerNormalization and ScatterND add. */
export const opsetVersion = 21;
/** IR version that belongs to opset 21. */
export const irVersion = 10;

/** An ONNX file with what it expects and returns. */
export interface EmittedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly { readonly name: string; readonly tensor: Tensor }[];
  readonly nodeCount: number;
}

/**
 * Writes the graph that the outputs reach as an ONNX file.
 *
 * @param outputs by the name they get in the file
 * @param options.parameterValue values to write into the file; a parameter without one becomes an input
 * @param options.substitutions tensors to compute in place of others (parameters cut from one flat vector)
 */
export function emitOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  options: {
    readonly dialect: Dialect;
    readonly parameterValue?: (name: string) => Float32Array | null;
    readonly substitutions?: ReadonlyMap<Tensor, Tensor>;
  },
): EmittedModel {
  const substitute = (tensor: Tensor) => options.substitutions?.get(tensor) ?? tensor;
  const lowering = createLowering(options.dialect, options.parameterValue ?? (() => null));
  const names = new Map<Tensor, string>();
  // Inputs first, in order of creation: they carry the symbolic sizes that any other node may need.
  const reached = topologicalOrder(Object.values(outputs), substitute);
  const leaves = reached.filter((node) => node.leaf !== null).sort((a, b) => a.id - b.id);
  const order = [...leaves, ...reached.filter((node) => node.leaf === null)];
  const ranks = new Map<Node, number>();
  for (const kind of ['dropoutMask', 'uniformNoise']) {
    leaves.filter((node) => node.leaf?.kind === kind).forEach((node, rank) => ranks.set(node, rank));
  }
  for (const node of order) {
    lowering.nextRandomInput(ranks.get(node) ?? 0);
    const inputNames = node.inputs.map((tensor) => names.get(substitute(tensor))!);
    const outputNames = node.lower(lowering, inputNames);
    node.outputs.forEach((tensor, index) => {
      names.set(tensor, outputNames[index]!);
      lowering.recordShape(outputNames[index]!, tensor.shape);
    });
  }
  const named = Object.entries(outputs).map(([name, tensor]) => ({ name, tensor: substitute(tensor) }));
  const graph = lowering.finish();
  nameOutputs(
    graph.nodes,
    named.map(({ name, tensor }) => ({ name, value: names.get(tensor)! })),
  );
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: 'nisus',
    opsetImport: [
      { domain: '', version: BigInt(opsetVersion) },
      ...(graph.nodes.some((node) => node.domain !== '') ? [{ domain: 'com.microsoft', version: 1n }] : []),
    ],
    graph: {
      name: 'nisus',
      node: graph.nodes,
      initializer: graph.initializers,
      input: graph.valueInfos,
      output: named.map(({ name, tensor }) => valueInfo(name, tensor.dtype, tensor.shape)),
    },
  });
  return { bytes: toBinary(ModelProtoSchema, model), inputs: graph.inputs, outputs: named, nodeCount: graph.nodes.length };
}

/**
 * Gives what nodes make the name of the output that it is: an Identity in its place would copy it at every run. What is no
 * node's (an input, a parameter), or several outputs at once, is copied.
 */
function nameOutputs(nodes: NodeProto[], outputs: readonly { readonly name: string; readonly value: string }[]): void {
  const made = new Set(nodes.flatMap(({ output }) => output));
  const renamed = new Map<string, string>();
  const copies: NodeProto[] = [];
  for (const { name, value } of outputs) {
    if (made.has(value) && !renamed.has(value)) renamed.set(value, name);
    else copies.push(create(NodeProtoSchema, { opType: 'Identity', name: `output_${name}`, input: [value], output: [name] }));
  }
  nodes.push(...copies);
  for (const node of nodes) {
    node.input = node.input.map((name) => renamed.get(name) ?? name);
    node.output = node.output.map((name) => renamed.get(name) ?? name);
  }
}
