import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { linear } from '../../nn/linear.ts';
import { zeros } from '../initializers.ts';
import { inLayer } from '../layer-path.ts';
import { constant, input, parameter } from '../leaf.ts';
import { add, multiply } from '../operators/binary.ts';
import { dropout } from '../operators/flow.ts';
import { gatherRows } from '../operators/index-operators.ts';
import { matmul } from '../operators/matrix.ts';
import { softmax, standardize } from '../operators/normalize.ts';
import { sum } from '../operators/reduce.ts';
import { broadcastTo, reshape } from '../operators/shape.ts';
import { exp, silu } from '../operators/unary.ts';
import { emitOnnx, irVersion, opsetVersion } from './emit.ts';
import { UnresolvedDimensionError } from './lowering.ts';
import { ModelProtoSchema, TensorProto_DataType, type ModelProto } from './onnx_pb.js';

/** Attention over looked-up rows: uses what the two dialects write differently. */
function attention() {
  const items = input('items', 'int32', ['batch', 'length']);
  const x = inLayer('block', () => standardize(gatherRows(parameter('table', [5, 4], zeros), items)));
  const weights = softmax(matmul(x, x, { transposeRight: true, scale: 0.5 }));
  return silu(linear('output', matmul(weights, x), 3));
}
const parse = (bytes: Uint8Array): ModelProto => fromBinary(ModelProtoSchema, bytes);
const values = (name: string) => new Float32Array({ 'block.table': 20, 'output.weight': 12, 'output.bias': 3 }[name]!).fill(0.5);

describe('emitOnnx', () => {
  it('writes only operators of the standard in the standard dialect', () => {
    const model = parse(emitOnnx({ y: attention() }, { dialect: 'standard', parameterValue: values }).bytes);
    expect(new Set(model.graph!.node.map(({ domain }) => domain))).toEqual(new Set(['']));
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([['', 21n]]);
  });

  it('declares the fused operators that a training graph uses', () => {
    const model = parse(emitOnnx({ y: attention() }, { dialect: 'onnxruntime', parameterValue: values }).bytes);
    expect(model.graph!.node.filter(({ domain }) => domain === 'com.microsoft').map(({ opType }) => opType)).toEqual(['FusedMatMul']);
    expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
      ['', 21n],
      ['com.microsoft', 1n],
    ]);
  });

  it('pins opset 21 and IR version 10', () => {
    expect([opsetVersion, irVersion]).toEqual([21, 10]);
    expect(parse(emitOnnx({ y: attention() }, { dialect: 'standard' }).bytes).irVersion).toBe(10n);
  });

  it('reads back byte for byte, with names, types and sizes of inputs, outputs and weights', () => {
    const { bytes, inputs } = emitOnnx(
      { y: attention() },
      { dialect: 'standard', parameterValue: (name) => (name === 'output.bias' ? null : values(name)) },
    );
    const model = parse(bytes);
    expect(toBinary(ModelProtoSchema, model)).toEqual(bytes);
    const graph = model.graph!;
    const described = [...graph.input, ...graph.output].map(({ name, type }) => {
      const tensor = type!.value.value as { elemType: number; shape: { dim: { value: { value: unknown } }[] } };
      return [name, tensor.elemType, tensor.shape.dim.map((dimension) => dimension.value.value)];
    });
    expect(described).toEqual([
      ['items', TensorProto_DataType.INT32, ['batch', 'length']],
      ['output.bias', TensorProto_DataType.FLOAT, [3n]],
      ['y', TensorProto_DataType.FLOAT, ['batch', 'length', 3n]],
    ]);
    expect(inputs.map(({ name }) => name)).toEqual(['items', 'output.bias']);
    const weight = graph.initializer.find(({ name }) => name === 'output.weight')!;
    expect([weight.dims, weight.dataType]).toEqual([[4n, 3n], TensorProto_DataType.FLOAT]);
    expect(new Float32Array(weight.rawData.slice().buffer)).toEqual(new Float32Array(12).fill(0.5));
  });

  it('lists every node after those that it reads, and none that the outputs do not need', () => {
    const x = input('x', 'float32', ['n']);
    const used = exp(x);
    void softmax(used);
    const { graph } = parse(emitOnnx({ y: multiply(used, used), z: used }, { dialect: 'standard' }).bytes);
    const known = new Set([...graph!.input, ...graph!.initializer].map(({ name }) => name));
    for (const node of graph!.node) {
      expect(node.input.filter((name) => name !== '' && !known.has(name))).toEqual([]);
      node.output.forEach((name) => known.add(name));
    }
    expect(graph!.node.map(({ opType }) => opType)).toEqual(['Exp', 'Mul']);
  });

  it('writes equal nodes once', () => {
    const x = input('x', 'float32', ['n']);
    const { graph } = parse(emitOnnx({ y: add(exp(x), exp(x)) }, { dialect: 'standard' }).bytes);
    expect(graph!.node.map(({ opType }) => opType)).toEqual(['Exp', 'Add']);
  });

  it('gives what a node makes the name of its output, and copies what no node makes, or what is an output twice', () => {
    const x = input('x', 'float32', ['n']);
    const made = exp(x);
    const { graph } = parse(emitOnnx({ same: x, first: made, second: made }, { dialect: 'standard' }).bytes);
    expect(graph!.node.map(({ opType, input: from, output }) => [opType, from, output])).toEqual([
      ['Exp', ['x'], ['first']],
      ['Identity', ['x'], ['same']],
      ['Identity', ['first'], ['second']],
    ]);
  });

  it('numbers dropout masks in the order in which the model made them, wherever they stand in the graph', () => {
    const x = input('x', 'float32', [2]);
    const [first, second] = [dropout(x, 0.1), dropout(x, 0.5)];
    const { inputs } = emitOnnx({ y: add(second, first) }, { dialect: 'onnxruntime' });
    const masks = inputs.filter(({ dropoutKeep }) => dropoutKeep !== null);
    expect(Object.fromEntries(masks.map(({ name, dropoutKeep }) => [name, dropoutKeep]))).toEqual({ 'dropout/0': 0.9, 'dropout/1': 0.5 });
  });

  it('takes a size from an input that stands later in the graph, and names one that nothing carries', () => {
    const late = input('late', 'float32', ['batch']);
    expect(() => emitOnnx({ y: add(broadcastTo(constant(1), ['batch']), late) }, { dialect: 'standard' })).not.toThrow();
    expect(() => emitOnnx({ y: broadcastTo(constant(1), ['batch']) }, { dialect: 'standard' })).toThrow(UnresolvedDimensionError);
    expect(() => emitOnnx({ y: broadcastTo(constant(1), ['batch']) }, { dialect: 'standard' })).toThrow('the dimension "batch"');
  });

  it('reduces over no axes as nothing', () => {
    const x = input('x', 'float32', ['n']);
    const { graph } = parse(emitOnnx({ y: sum(reshape(x, ['n', 1]), { axes: [] }) }, { dialect: 'standard' }).bytes);
    const reduce = graph!.node.find(({ opType }) => opType === 'ReduceSum')!;
    expect(reduce.attribute.find(({ name }) => name === 'noop_with_empty_axes')!.i).toBe(1n);
    expect(create(ModelProtoSchema, {}).irVersion).toBe(0n);
  });
});
