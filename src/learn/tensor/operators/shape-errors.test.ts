import { describe, expect, it } from 'vitest';
import type { DataType } from '../data-type.ts';
import type { Shape } from '../dimension.ts';
import { inLayer } from '../layer-path.ts';
import { input } from '../leaf.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import { batchedGather } from './batched-gather.ts';
import { binaryCrossEntropyWithLogits } from './binary-cross-entropy-with-logits.ts';
import * as binary from './binary.ts';
import * as compare from './compare.ts';
import { cosineSimilarity } from './cosine-similarity.ts';
import { cumulativeLogSumExp } from './cumulative-log-sum-exp.ts';
import { dice } from './dice.ts';
import { flip } from './flip.ts';
import * as flow from './flow.ts';
import { huber } from './huber.ts';
import * as index from './index-operators.ts';
import { maskedSoftmax } from './masked-softmax.ts';
import * as matrix from './matrix.ts';
import * as normalize from './normalize.ts';
import { pad } from './pad.ts';
import { prelu } from './prelu.ts';
import { product } from './product.ts';
import * as reduce from './reduce.ts';
import { repeat, tile } from './repeat.ts';
import * as shape from './shape.ts';
import { sort } from './sort.ts';
import { squaredDistances } from './squared-distances.ts';
import * as unary from './unary.ts';
import { variance } from './variance.ts';

const given = (name: string, sizes: Shape, dtype: DataType = 'float32') => input(name, dtype, sizes);
const left = given('left', ['batch', 3]);
const right = given('right', ['batch', 4]);
const whole = given('whole', ['batch'], 'int32');
const scalar = given('scalar', []);
const bools = given('bools', ['batch', 3], 'bool');

/** What is wrong, which operator must say so, and which operands it must name. */
type Wrong = readonly [what: string, operator: string, operands: readonly Tensor[], build: () => unknown];

const wrongs: Wrong[] = [
  ...[binary.add, binary.subtract, binary.multiply, binary.divide, binary.maximum, binary.minimum, binary.power].flatMap(
    (operator): Wrong[] => [
      ['sizes that do not broadcast', operator.name, [left, right], () => operator(left, right)],
      ['two element types', operator.name, [left, whole], () => operator(left, whole)],
    ],
  ),
  ...[compare.equal, compare.greater, compare.greaterOrEqual, compare.less, compare.lessOrEqual].map((operator): Wrong => [
    'sizes that do not broadcast',
    operator.name,
    [left, right],
    () => operator(left, right),
  ]),
  ...[compare.greater, compare.greaterOrEqual, compare.less, compare.lessOrEqual].map((operator): Wrong => [
    'bool',
    operator.name,
    [bools, bools],
    () => operator(bools, bools),
  ]),
  ...[compare.logicalAnd, compare.logicalOr].map((operator): Wrong => ['numbers', operator.name, [left, left], () => operator(left, left)]),
  ['numbers', 'logicalNot', [left], () => compare.logicalNot(left)],
  ['a condition of numbers', 'where', [left, left, left], () => compare.where(left, left, left)],
  ['a condition that does not broadcast', 'where', [bools, right, right], () => compare.where(bools, right, right)],
  ['branches that do not broadcast', 'where', [left, right], () => compare.where(bools, left, right)],
  ['differing inner sizes', 'matmul', [left, right], () => matrix.matmul(left, right)],
  ['too few axes', 'matmul', [left, scalar], () => matrix.matmul(left, scalar)],
  ['whole numbers', 'matmul', [whole, left], () => matrix.matmul(whole, left)],
  [
    'batches that do not broadcast',
    'matmul',
    [given('a', [2, 3, 4]), given('b', [3, 4, 2])],
    () => matrix.matmul(given('a', [2, 3, 4]), given('b', [3, 4, 2])),
  ],
  [
    'a batch against a matrix of another size',
    'matmul',
    [given('a', ['batch', 'length', 3]), right],
    () => matrix.matmul(given('a', ['batch', 'length', 3]), right),
  ],
  ['one axis', 'swapLastAxes', [given('a', [2])], () => matrix.swapLastAxes(given('a', [2]))],
  ...[normalize.softmax, normalize.logSoftmax, normalize.standardize, normalize.l2Normalize, normalize.rootMeanSquareNormalize].flatMap(
    (operator): Wrong[] => [
      ['a scalar', operator.name, [scalar], () => operator(scalar)],
      ['whole numbers', operator.name, [whole], () => operator(whole)],
    ],
  ),
  ['a symbolic last axis', 'standardize', [given('a', ['n'])], () => normalize.standardize(given('a', ['n']))],
  ...[reduce.sum, reduce.mean, reduce.max, reduce.min, reduce.logSumExp].flatMap((operator): Wrong[] => [
    ['an axis that does not exist', operator.name, [left], () => operator(left, { axes: [2] })],
    ['an axis twice', operator.name, [left], () => operator(left, { axes: [1, -1] })],
    ['bool', operator.name, [bools], () => operator(bools)],
  ]),
  ['whole numbers', 'mean', [whole], () => reduce.mean(whole)],
  ['whole numbers', 'logSumExp', [whole], () => reduce.logSumExp(whole)],
  ['an axis that does not exist', 'argMax', [left], () => reduce.argMax(left, -3)],
  ['bool', 'argMax', [bools], () => reduce.argMax(bools)],
  ['an axis that does not exist', 'cumulativeSum', [left], () => reduce.cumulativeSum(left, 2)],
  ['bool', 'cumulativeSum', [bools], () => reduce.cumulativeSum(bools, 0)],
  ['another number of elements', 'reshape', [left], () => shape.reshape(left, ['batch', 4])],
  ['a remainder', 'reshape', [left], () => shape.reshape(left, [-1, 2])],
  ['two unknown sizes', 'reshape', [left], () => shape.reshape(left, [-1, -1])],
  ['an axis twice', 'transpose', [left], () => shape.transpose(left, [0, 0])],
  ['too few axes', 'transpose', [left], () => shape.transpose(left, [0])],
  ['an axis that cannot be', 'expandDimension', [left], () => shape.expandDimension(left, 3)],
  ['an axis that cannot be', 'expandDimension', [left], () => shape.expandDimension(left, -4)],
  ['a size that is not 1', 'broadcastTo', [left], () => shape.broadcastTo(left, ['batch', 4])],
  ['fewer axes', 'broadcastTo', [left], () => shape.broadcastTo(left, [3])],
  ['other sizes', 'concatenate', [left, right], () => shape.concatenate([left, right], 0)],
  ['other ranks', 'concatenate', [left, scalar], () => shape.concatenate([left, scalar], 0)],
  ['other types', 'concatenate', [left, bools], () => shape.concatenate([left, bools], 0)],
  ['nothing', 'concatenate', [], () => shape.concatenate([], 0)],
  ['an axis that does not exist', 'concatenate', [left], () => shape.concatenate([left, left], 2)],
  ['other sizes', 'concatenate', [], () => shape.stack([left, right], 0)],
  ['sizes that do not add up', 'split', [left], () => shape.split(left, 1, [1, 1])],
  ['an axis that does not exist', 'split', [left], () => shape.split(left, 2, [1, 2])],
  ['a range outside', 'slice', [left], () => shape.slice(left, 1, -4, 3)],
  ['a range backwards', 'slice', [left], () => shape.slice(left, 1, 2, 1)],
  ['an unknown size', 'slice', [left], () => shape.slice(left, 0, 1, -1)],
  ['a size that is not the range’s', 'slice', [left], () => shape.slice(left, 1, 0, 2, { size: 3 })],
  ['float indices', 'gatherRows', [left, right], () => index.gatherRows(left, right)],
  ['a scalar table', 'gatherRows', [scalar, whole], () => index.gatherRows(scalar, whole)],
  [
    'indices of another count',
    'addRows',
    [left, given('i', ['other'], 'int32')],
    () => index.addRows(left, given('i', ['other'], 'int32'), 5, left),
  ],
  ['float indices', 'addRows', [left, right], () => index.addRows(left, right, 5, left)],
  ['another rank', 'takeAlongAxis', [left, whole], () => index.takeAlongAxis(left, whole, 1)],
  ['float indices', 'takeAlongAxis', [left, left], () => index.takeAlongAxis(left, left, 1)],
  [
    'other sizes beside the axis',
    'takeAlongAxis',
    [left, given('i', [2, 3], 'int32')],
    () => index.takeAlongAxis(left, given('i', [2, 3], 'int32'), 1),
  ],
  [
    'other updates than indices',
    'addAlongAxis',
    [left, given('i', ['batch', 2], 'int32'), right],
    () => index.addAlongAxis(left, given('i', ['batch', 2], 'int32'), 1, right),
  ],
  ['float indices', 'oneHot', [left], () => index.oneHot(left, 3)],
  ['a depth of 0', 'oneHot', [whole], () => index.oneHot(whole, 0)],
  ['more than there are', 'topK', [left], () => index.topK(left, 4)],
  ['none', 'topK', [left], () => index.topK(left, 0)],
  ['a scalar', 'topK', [scalar], () => index.topK(scalar, 1)],
  ['another shape', 'straightThrough', [left, right], () => flow.straightThrough(left, right)],
  ['whole numbers', 'dropout', [whole], () => flow.dropout(whole, 0.5)],
  ...Object.values(unary)
    .filter((operator) => !['cast', 'clip', 'square', 'logSigmoid'].includes(operator.name))
    .map((operator): Wrong => ['whole numbers', operator.name, [whole], () => (operator as (x: Tensor) => Tensor)(whole)]),
  ['whole numbers', 'clip', [whole], () => unary.clip(whole, 0, 1)],
  ['whole numbers', 'negate', [whole], () => unary.logSigmoid(whole)],
  ['an axis that does not exist', 'flip', [left], () => flip(left, 2)],
  ['fewer than no elements', 'pad', [left], () => pad(left, 0, -1, 0)],
  ['bool', 'pad', [bools], () => pad(bools, 0, 1, 0)],
  ['no repetition', 'repeat', [left], () => repeat(left, 0, 0)],
  ['no repetition', 'tile', [left], () => tile(left, 0, 0.5)],
  ['a symbolic axis', 'sort', [given('a', ['n'])], () => sort(given('a', ['n']))],
  ['a symbolic axis', 'product', [left], () => product(left, 0)],
  ['an axis that does not exist', 'mean', [left], () => variance(left, { axes: [2] })],
  ['sizes that do not broadcast', 'multiply', [], () => cosineSimilarity(left, right)],
  ['another dim', 'squaredDistances', [left, right], () => squaredDistances(left, right)],
  ['a negative delta', 'huber', [left], () => huber(left, -1)],
  ['labels that do not broadcast', 'multiply', [left, right], () => binaryCrossEntropyWithLogits(left, right)],
  ['a slope that does not broadcast', 'multiply', [right], () => prelu(left, right)],
  ['a slope that does not broadcast', 'multiply', [right], () => dice(left, right)],
  ['a mask of numbers', 'maskedSoftmax', [left, left], () => maskedSoftmax(left, left)],
  [
    'a mask with more axes',
    'maskedSoftmax',
    [left, given('m', [2, 'batch', 3], 'bool')],
    () => maskedSoftmax(left, given('m', [2, 'batch', 3], 'bool')),
  ],
  ['a symbolic axis', 'cumulativeLogSumExp', [left], () => cumulativeLogSumExp(left, 0)],
  ['another batch', 'batchedGather', [left, given('i', [2, 3], 'int32')], () => batchedGather(left, given('i', [2, 3], 'int32'))],
  ['float indices', 'batchedGather', [left, left], () => batchedGather(left, left)],
];

describe('an operator given the wrong operands', () => {
  it.each(wrongs)('%s: %s says so', (_what, operator, operands, build) => {
    let thrown: unknown;
    try {
      inLayer('encoder', () => inLayer('block1', build));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ShapeError);
    const { code, message, fields } = thrown as ShapeError;
    expect(code).toBe('TENSOR_SHAPE');
    expect(fields).toMatchObject({ operator, path: 'encoder.block1' });
    expect(message).toContain(`${operator} at encoder.block1: `);
    for (const operand of operands) {
      const name = (operand.node.leaf as { name: string }).name;
      expect(message).toContain(`input "${name}" ${operand.dtype}[${operand.shape.join(', ')}]`);
    }
  });

  it('tells an operand that is itself computed by its operator and layer', () => {
    const inner = inLayer('attention', () => unary.exp(left));
    expect(() => binary.add(inner, right)).toThrow(
      'add at top level: [batch, 3] and [batch, 4] do not broadcast; operands: exp@attention float32[batch, 3], input "right" float32[batch, 4]',
    );
  });
});
