import { create } from '@bufbuild/protobuf';
import { NisusError } from '../../../base/error.ts';
import { dimensionFactors, sumTerms, type Dimension, type Shape } from '../dimension.ts';
import type { DataType } from '../data-type.ts';
import { rowSumLevels, rowSumWidths } from '../row-sum-plan.ts';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './onnx_pb.js';

/** Attribute of an ONNX node. Whole numbers become INT; wrap a whole float in {@link float}. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** An attribute that is a FLOAT even where its value is whole. */
export function float(value: number): Attribute {
  return { float: value };
}

/** Values that fill a constant or a parameter. */
export type ElementArray = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/**
 * Whom the file is for. `standard`: only operators of the ONNX standard, any runtime opens it (served models).
 * `onnxruntime`: the fused `com.microsoft` operators as well (training steps).
 */
export type Dialect = 'standard' | 'onnxruntime';

/** A named input that a compiled graph expects. */
export interface GraphInput {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: Shape;
  /** Set for dropout masks: the probability of keeping. */
  readonly dropoutKeep: number | null;
  /** Set for noise that a training program fills. */
  readonly uniformNoise: boolean;
  /** Set for a part of a row sum's plan, which the program makes itself from another input's values. */
  readonly rowSum: RowSumPart | null;
}

/** Which part of the plan for summing onto `rows` rows by the values of input `of`. */
export interface RowSumPart {
  readonly of: string;
  readonly rows: Dimension;
  readonly part: number | 'places';
}

/** Thrown when a size known only at run time is needed and no tensor of the graph carries it. */
export class UnresolvedDimensionError extends NisusError {
  constructor(atom: string) {
    super('TENSOR_DIMENSION_UNRESOLVED', `no tensor computed so far has the dimension "${atom}"; feed an input that has it`, {
      fields: { dimension: atom },
    });
  }
}

const onnxTypes: Record<DataType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

/** ONNX's number for an element type. */
export function onnxType(dtype: DataType): number {
  return onnxTypes[dtype];
}

/** Collects the ONNX nodes, constants and inputs of a graph while its nodes are visited in order. */
export interface Lowering {
  readonly dialect: Dialect;
  /** Adds a node with one output; returns the output's name. Equal nodes are added once. */
  node(operator: string, inputs: readonly string[], attributes?: Record<string, Attribute>): string;
  /** Adds a node with several outputs. A null in `outputs` leaves that optional output out. */
  nodeWithOutputs(operator: string, inputs: readonly string[], outputCount: number, attributes?: Record<string, Attribute>): string[];
  constant(data: ElementArray, dtype: DataType, shape: readonly number[]): string;
  /** A one-dimensional int64 constant. */
  int64(...values: readonly number[]): string;
  /** A float scalar. */
  scalar(value: number): string;
  graphInput(name: string, dtype: DataType, shape: Shape): string;
  /** Announces the rank, among its kind, of the next dropout mask or noise to be lowered. */
  nextRandomInput(rank: number): void;
  dropoutMask(shape: Shape, keep: number): string;
  uniformNoise(shape: Shape): string;
  parameter(name: string, shape: readonly number[]): string;
  /** Inputs with the plan for summing onto `rows` rows by the values of input `of` (see `planRowSums`). */
  rowSumPlan(of: string, rows: Dimension): { readonly levels: readonly string[]; readonly places: string };
  /** The run-time value of a shape: the name of an int64 tensor `[rank]`. */
  shape(shape: Shape): string;
  /** Tells that a name has been computed and which sizes it carries. */
  recordShape(name: string, shape: Shape): void;
}

/** What a lowering gathered, ready to be made a file. */
export interface LoweredGraph {
  readonly nodes: NodeProto[];
  readonly initializers: TensorProto[];
  readonly inputs: GraphInput[];
  readonly valueInfos: ValueInfoProto[];
}

/**
 * An empty lowering.
 *
 * @param parameterValue values of a parameter by name, written into the file; parameters for which it returns null
 *   become inputs
 */
export function createLowering(
  dialect: Dialect,
  parameterValue: (name: string) => Float32Array | null,
): Lowering & { finish(): LoweredGraph } {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs = new Map<string, GraphInput>();
  const known = new Map<string, string[]>();
  const atomSources = new Map<string, { name: string; axis: number }>();
  let counter = 0;
  let rank = 0;

  const nodeWithOutputs: Lowering['nodeWithOutputs'] = (operator, inputNames, outputCount, attributes = {}) => {
    const key = JSON.stringify([operator, inputNames, outputCount, attributes]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const [domain, opType] = operator.includes('::') ? (operator.split('::') as [string, string]) : ['', operator];
    const outputs = Array.from({ length: outputCount }, () => `${opType}_${counter++}`);
    nodes.push(
      create(NodeProtoSchema, {
        opType,
        domain,
        name: outputs[0]!,
        input: [...inputNames],
        output: outputs,
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      }),
    );
    known.set(key, outputs);
    return outputs;
  };
  const node: Lowering['node'] = (operator, inputNames, attributes) => nodeWithOutputs(operator, inputNames, 1, attributes)[0]!;

  const constant: Lowering['constant'] = (data, dtype, shape) => {
    const small = data.length <= 64;
    const key = small ? `constant ${dtype} ${shape.join()} ${data.join()}` : '';
    const before = small ? known.get(key) : undefined;
    if (before !== undefined) return before[0]!;
    const name = `constant_${initializers.length}`;
    initializers.push(tensorProto(name, data, dtype, shape));
    if (small) known.set(key, [name]);
    return name;
  };
  const int64: Lowering['int64'] = (...values) => constant(BigInt64Array.from(values, BigInt), 'int64', [values.length]);

  const graphInput = (name: string, dtype: DataType, shape: Shape, filled: Partial<GraphInput> = {}) => {
    if (!inputs.has(name)) {
      inputs.set(name, { name, dtype, shape, dropoutKeep: null, uniformNoise: false, rowSum: null, ...filled });
      lowering.recordShape(name, shape);
    }
    return name;
  };

  const dimension = (value: Dimension): string => {
    if (typeof value === 'number') return int64(value);
    const { coefficient, atoms } = dimensionFactors(value);
    const factors = atoms.map((atom) => {
      const source = atomSources.get(atom);
      const terms = source === undefined ? sumTerms(atom) : null;
      if (terms !== null) return terms.map(dimension).reduce((left, right) => node('Add', [left, right]));
      if (source === undefined) throw new UnresolvedDimensionError(atom);
      return node('Shape', [source.name], { start: source.axis, end: source.axis + 1 });
    });
    if (coefficient !== 1) factors.push(int64(coefficient));
    return factors.reduce((left, right) => node('Mul', [left, right]));
  };

  const lowering: Lowering & { finish(): LoweredGraph } = {
    dialect,
    node,
    nodeWithOutputs,
    constant,
    int64,
    scalar: (value) => constant(Float32Array.of(value), 'float32', []),
    graphInput: (name, dtype, shape) => graphInput(name, dtype, shape),
    nextRandomInput: (next) => void (rank = next),
    dropoutMask: (shape, keep) => graphInput(`dropout/${rank}`, 'float32', shape, { dropoutKeep: keep }),
    uniformNoise: (shape) => graphInput(`noise/${rank}`, 'float32', shape, { uniformNoise: true }),
    parameter(name, shape) {
      const value = parameterValue(name);
      if (value === null) return graphInput(name, 'float32', shape);
      initializers.push(tensorProto(name, value, 'float32', shape));
      return name;
    },
    rowSumPlan(of, rows) {
      const name = (part: RowSumPart['part']) => `rowSum/${of}/${rows}/${part}`;
      const levels = Array.from({ length: rowSumLevels }, (_, part) => {
        const shape = [`${name(part)}/chunks`, rowSumWidths[part] ?? `${name(part)}/width`];
        return graphInput(name(part), 'int32', shape, { rowSum: { of, rows, part } });
      });
      return { levels, places: graphInput(name('places'), 'int32', [rows], { rowSum: { of, rows, part: 'places' } }) };
    },
    shape(shape) {
      if (shape.every((size) => typeof size === 'number')) return int64(...(shape as readonly number[]));
      return node('Concat', shape.map(dimension), { axis: 0 });
    },
    recordShape(name, shape) {
      shape.forEach((size, axis) => {
        if (typeof size !== 'string' || atomSources.has(size)) return;
        const { coefficient, atoms } = dimensionFactors(size);
        if (coefficient === 1 && atoms.length === 1) atomSources.set(size, { name, axis });
      });
    },
    finish: () => ({
      nodes,
      initializers,
      inputs: [...inputs.values()],
      valueInfos: [...inputs.values()].map(({ name, dtype, shape }) => valueInfo(name, dtype, shape)),
    }),
  };
  return lowering;
}

/** Name, type and shape of a graph's input or output. */
export function valueInfo(name: string, dtype: DataType, shape: Shape): ValueInfoProto {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: onnxTypes[dtype],
          shape: {
            dim: shape.map((size) =>
              create(TensorShapeProto_DimensionSchema, {
                value: typeof size === 'number' ? { case: 'dimValue', value: BigInt(size) } : { case: 'dimParam', value: size },
              }),
            ),
          },
        },
      },
    },
  });
}

function tensorProto(name: string, data: ElementArray, dtype: DataType, shape: readonly number[]): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: onnxTypes[dtype],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength).slice(),
  });
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  const types = AttributeProto_AttributeType;
  if (typeof value === 'string') return create(AttributeProtoSchema, { name, type: types.STRING, s: new TextEncoder().encode(value) });
  if (typeof value === 'object' && 'float' in value) return create(AttributeProtoSchema, { name, type: types.FLOAT, f: value.float });
  if (typeof value === 'object') return create(AttributeProtoSchema, { name, type: types.INTS, ints: value.map(BigInt) });
  if (Number.isInteger(value)) return create(AttributeProtoSchema, { name, type: types.INT, i: BigInt(value) });
  return create(AttributeProtoSchema, { name, type: types.FLOAT, f: value });
}
