/**
 * The multi-task models of this folder with everything alike computed at once: all experts of a level as one product, all
 * gates as one, all towers as a batch of products. The same parameters by the same names and the same equations as
 * `buildMultiTask`; sums are rounded in another order. For serving, and for training steps of one sum of losses: every task
 * is reached by every parameter here, so what looks for the parameters that tasks share (gradient conflict) must not look
 * at this.
 */
import { filledWith, heNormal, zeros as zeroValues, glorotUniform } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant, parameter } from '../../tensor/leaf.ts';
import { add } from '../../tensor/operators/binary.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { softmax } from '../../tensor/operators/normalize.ts';
import { concatenate, expandDimension, reshape, split, stack, transpose } from '../../tensor/operators/shape.ts';
import { relu } from '../../tensor/operators/unary.ts';
import type { Initializer, Tensor } from '../../tensor/tensor.ts';
import { buildTrunk, checkTasks, type MultiTaskOutput } from './build-multi-task.ts';
import { bothLogit } from './esmm.ts';
import { firstLogits } from './first-logits.ts';
import type { MultiTaskConfig, TrunkConfig } from './multi-task-config.ts';
import type { PleConfig } from './ple.ts';

/** Of a gate, where a task does not have the expert: softmax gives exactly 0. */
const notMine = -1e5;

/**
 * Logits of all tasks, `[tasks, batch]`.
 *
 * @param x what the trunk reads, `[batch, dim]`
 * @param tasks that x is for; of a model without sharing, the one whose layer this is
 * @param dropoutRate of hidden layers; 0 when serving
 * @param rates as of `buildMultiTask`
 * @throws {MultiTaskModelError} for tasks that do not fit
 */
export function stackedLogits(
  config: MultiTaskConfig,
  x: Tensor,
  tasks: readonly string[],
  dropoutRate = 0,
  rates: Readonly<Record<string, number>> = {},
): Tensor {
  return stackedOutput(config, x, tasks, dropoutRate, rates).logits;
}

/** Logits `[tasks, batch]`, and what the last layers of the towers read, `[tasks, batch, width]` (`[1, …]` where all read the same). */
function stackedOutput(
  config: MultiTaskConfig,
  x: Tensor,
  tasks: readonly string[],
  dropoutRate: number,
  rates: Readonly<Record<string, number>>,
): { readonly logits: Tensor; readonly tops: Tensor } {
  checkTasks(config, tasks);
  const trunk = config.kind === 'esmm' ? config.trunk : config;
  const paths = tasks.map((task) => ['tower', task]);
  const tops = stackedLayers(stackedTrunk(trunk, x, tasks, dropoutRate), paths, config.tower, 0, dropoutRate);
  const outputs = stackedLinear(tops, paths, 'output', 1, glorotUniform, firstLogits(config, tasks, rates));
  const logits = reshape(outputs, [tasks.length, x.shape[0]!]);
  if (config.kind !== 'esmm') return { logits, tops };
  const [first, second] = split(logits, 0, [1, 1]).map((part) => reshape(part, [x.shape[0]!])) as [Tensor, Tensor];
  return { logits: stack([first, bothLogit(first, second)], 0), tops };
}

/** Whether {@link stackedMultiTask} knows a model: one whose tasks share what is below. */
export function canBeStacked(config: MultiTaskConfig): boolean {
  return (config.kind === 'esmm' ? config.trunk : config).kind !== 'single-task';
}

/**
 * Logits and tops by task, as `buildMultiTask` gives them; no gates.
 *
 * @param x what the trunk reads, `[batch, dim]`
 */
export function stackedMultiTask(
  config: MultiTaskConfig,
  x: Tensor,
  tasks: readonly string[],
  mode: 'training' | 'serving',
  rates: Readonly<Record<string, number>> = {},
): Pick<MultiTaskOutput, 'logits' | 'tops'> {
  const { logits, tops } = stackedOutput(config, x, tasks, mode === 'training' ? config.dropout : 0, rates);
  const byTask = (stacked: Tensor): Record<string, Tensor> => {
    const count = stacked.shape[0] as number;
    const parts = split(stacked, 0, new Array<number>(count).fill(1)).map((part) => reshape(part, stacked.shape.slice(1)));
    return Object.fromEntries(tasks.map((task, at) => [task, parts[count === 1 ? 0 : at]!]));
  };
  return { logits: byTask(logits), tops: byTask(tops) };
}

/** What towers read: `[tasks, batch, width]`, or `[1, batch, width]` where all read the same. */
function stackedTrunk(config: TrunkConfig, x: Tensor, tasks: readonly string[], dropoutRate: number): Tensor {
  if (config.kind === 'mmoe') {
    const names = Array.from({ length: config.experts }, (_, at) => [`expert${at}`]);
    const gates = tasks.map((task) => columnsOfGate([task], x, config.experts));
    return mixture(x, stackedExperts(x, names, config.expertHidden, dropoutRate), concatenate(gates, 1), null, tasks.length);
  }
  if (config.kind === 'ple' && config.levels.length === 1) {
    return inLayer('level0', () => extraction(x, tasks, config, dropoutRate));
  }
  const { representations } = buildTrunk(config, () => x, tasks, dropoutRate);
  const [first] = representations as [Tensor];
  return representations.every((representation) => representation === first) ? expandDimension(first, 0) : stack(representations, 0);
}

/** One level of PLE (CGC): each task mixes its own experts and those that all share. */
function extraction(x: Tensor, tasks: readonly string[], config: Omit<PleConfig, 'dropout'>, dropoutRate: number): Tensor {
  const { taskExperts: own, sharedExperts: shared, levels } = config;
  const owners = [
    ...tasks.flatMap((task) => Array.from({ length: own }, (_, at) => [task, `expert${at}`])),
    ...Array.from({ length: shared }, (_, at) => ['shared', `expert${at}`]),
  ];
  const count = owners.length;
  const dimension = x.shape[1] as number;
  const none = (experts: number) => constant(new Float32Array(dimension * experts), { shape: [dimension, experts] });
  const closed = new Float32Array(tasks.length * count).fill(notMine);
  const columns = tasks.flatMap((task, at) => {
    const [mine, common] = split(columnsOfGate([task], x, own + shared), 1, [own, shared]) as [Tensor, Tensor];
    closed.fill(0, at * count + at * own, at * count + (at + 1) * own).fill(0, (at + 1) * count - shared, (at + 1) * count);
    return [none(at * own), mine, none((tasks.length - at - 1) * own), common];
  });
  const gates = concatenate(
    columns.filter(({ shape }) => shape[1] !== 0),
    1,
  );
  return mixture(
    x,
    stackedExperts(x, owners, levels[0]!.expertHidden, dropoutRate),
    gates,
    constant(closed, { shape: [tasks.length * count] }),
    tasks.length,
  );
}

/** `[dim, experts]`, the weights of a gate. */
function columnsOfGate(path: readonly string[], x: Tensor, experts: number): Tensor {
  return inLayers([...path, 'gate'], () => parameter('weight', [x.shape[1] as number, experts], zeroValues));
}

/** Σᵢ softmax(x W)ᵢ fᵢ for all tasks: experts `[batch, experts, width]` → `[tasks, batch, width]`. */
function mixture(x: Tensor, experts: Tensor, gates: Tensor, closed: Tensor | null, tasks: number): Tensor {
  const opened = matmul(x, gates);
  const weights = softmax(reshape(closed === null ? opened : add(opened, closed), [x.shape[0]!, tasks, experts.shape[1]!]));
  return transpose(matmul(weights, experts), [1, 0, 2]);
}

/** Networks over one input side by side: `[batch, dim]` → `[batch, networks, width]`. */
function stackedExperts(x: Tensor, paths: readonly (readonly string[])[], widths: readonly number[], dropoutRate: number): Tensor {
  const [batch, dimension] = x.shape as [string, number];
  const [first, ...later] = widths as [number, ...number[]];
  const weights = concatenate(
    layerOf(paths, 'hidden0', 'weight', [dimension, first], () => heNormal),
    1,
  );
  const biases = concatenate(
    layerOf(paths, 'hidden0', 'bias', [first], () => zeroValues),
    0,
  );
  const hidden = reshape(dropout(relu(add(matmul(x, weights), biases)), dropoutRate), [batch, paths.length, first]);
  if (later.length === 0) return hidden;
  return transpose(stackedLayers(transpose(hidden, [1, 0, 2]), paths, widths, 1, dropoutRate), [1, 0, 2]);
}

/** The layers from one on, of networks with inputs of their own: `[networks, batch, dim]` → `[networks, batch, width]`. */
function stackedLayers(
  x: Tensor,
  paths: readonly (readonly string[])[],
  widths: readonly number[],
  from: number,
  dropoutRate: number,
): Tensor {
  return widths
    .slice(from)
    .reduce((layer, width, at) => dropout(relu(stackedLinear(layer, paths, `hidden${from + at}`, width, heNormal)), dropoutRate), x);
}

/** @param biasesFrom what the biases of each network begin with @default 0 */
function stackedLinear(
  x: Tensor,
  paths: readonly (readonly string[])[],
  name: string,
  width: number,
  initializer: Initializer,
  biasesFrom: readonly number[] = [],
): Tensor {
  const weights = stack(
    layerOf(paths, name, 'weight', [x.shape[2] as number, width], () => initializer),
    0,
  );
  const biases = stack(
    layerOf(paths, name, 'bias', [1, width], (at) => filledWith(biasesFrom[at] ?? 0)),
    0,
  );
  return add(matmul(x, weights), biases);
}

/** One layer's parameter of every network. A bias asked for as a row is `[width]` by its name. */
function layerOf(
  paths: readonly (readonly string[])[],
  name: string,
  kind: 'weight' | 'bias',
  shape: readonly number[],
  initializerOf: (at: number) => Initializer,
): Tensor[] {
  const own = kind === 'bias' ? shape.slice(-1) : shape;
  return paths.map((path, at) =>
    reshape(
      inLayers([...path, name], () => parameter(kind, own, initializerOf(at))),
      shape,
    ),
  );
}

function inLayers<Result>(path: readonly string[], build: () => Result): Result {
  const [first, ...rest] = path;
  return first === undefined ? build() : inLayer(first, () => inLayers(rest, build));
}
