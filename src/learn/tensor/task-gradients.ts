import { NisusError } from '../../base/error.ts';
import { gradients } from './gradient.ts';
import { matmul } from './operators/matrix.ts';
import { add, multiply } from './operators/binary.ts';
import { concatenate, reshape, slice, split, stack } from './operators/shape.ts';
import type { ParameterLayout, ParameterSlot } from './parameters.ts';
import { parameterLayout } from './parameters.ts';
import { stepVector } from './step-input.ts';
import type { TrainedTable } from './tables/table-update.ts';
import { describe, topologicalOrder, type Tensor } from './tensor.ts';

/** Thrown when losses and parameters do not make a step of several tasks; names the task or parameter. */
export class MultiTaskError extends NisusError {
  constructor(reason: string, fields: Record<string, unknown> = {}) {
    super('MULTI_TASK', reason, { fields });
  }
}

/** More tasks than the rules for combining gradients are made for: their cost grows with the cube. */
const tasksMax = 64;

/** Which parameters the tasks share, and where all of them lie. */
export interface TaskLayout {
  readonly tasks: readonly string[];
  /** In order of names, as every layout: whoever reads the parameters of a run need not know what its step was. */
  readonly layout: ParameterLayout;
  /** Layer by layer; offsets are places in a gradient in which these stand first, then {@link own}. */
  readonly shared: readonly ParameterSlot[];
  readonly own: readonly ParameterSlot[];
  /** Floats of all shared parameters. */
  readonly sharedSize: number;
  /** Layers of the shared parameters with their sizes, then the tables, of size null. */
  readonly layers: readonly { readonly name: string; readonly size: number | null }[];
}

/** How {@link taskLayout} divides parameters. */
export interface TaskLayoutOptions {
  /** @default parameters that two tasks or more reach; with one task, all */
  readonly sharedParameters?: (name: string) => boolean;
  /** @default the name up to its last dot */
  readonly layerOf?: (name: string) => string;
  readonly tables?: readonly TrainedTable[];
}

/**
 * Finds the parameters of all losses and divides them.
 *
 * @param losses scalars by the names of their tasks, at most 64
 * @throws {MultiTaskError} {@link DuplicateParameterError}
 */
export function taskLayout(losses: Readonly<Record<string, Tensor>>, options: TaskLayoutOptions = {}): TaskLayout {
  const tasks = Object.keys(losses);
  if (tasks.length === 0 || tasks.length > tasksMax)
    throw new MultiTaskError(`${tasks.length} losses given; 1 to ${tasksMax} are possible`);
  for (const [task, loss] of Object.entries(losses)) {
    if (loss.shape.length > 0)
      throw new MultiTaskError(`the loss of task "${task}" must be a scalar, but is ${describe(loss)} with ${loss.shape.length} axes`, {
        task,
      });
  }
  const reached = Object.values(losses).map((loss) => new Set(parametersOf(loss)));
  const needed = Math.min(2, tasks.length);
  const byDefault = new Set(
    reached.flatMap((names) => [...names].filter((name) => reached.filter((other) => other.has(name)).length >= needed)),
  );
  const isShared = options.sharedParameters ?? ((name: string) => byDefault.has(name));
  const all = parameterLayout(Object.values(losses));
  const layerOf = options.layerOf ?? layerOfName;
  // The parts of a layer side by side, so that its inner products are one product.
  const byLayer = Map.groupBy(
    all.slots.filter((slot) => isShared(slot.name)),
    (slot) => layerOf(slot.name),
  );
  const ordered = [...[...byLayer.values()].flat(), ...all.slots.filter((slot) => !isShared(slot.name))];
  let size = 0;
  const slots = ordered.map((slot) => {
    const placed = { ...slot, offset: size };
    size += slot.size;
    return placed;
  });
  const shared = slots.filter((slot) => isShared(slot.name));
  const own = slots.slice(shared.length);
  const tables = options.tables ?? [];
  if (size === 0) throw new MultiTaskError('the losses reach no parameter', { tasks });
  if (shared.length + tables.length === 0)
    throw new MultiTaskError(`the tasks ${tasks.map((task) => `"${task}"`).join(', ')} share no parameter: train each by itself`, {
      tasks,
    });
  const layers = [
    ...[...byLayer].map(([name, parts]) => ({ name, size: parts.reduce((total, slot) => total + slot.size, 0) })),
    ...tables.map(({ rows }) => ({ name: `table/${rows.table.name}`, size: null })),
  ];
  return { tasks, layout: all, shared, own, sharedSize: shared.reduce((total, slot) => total + slot.size, 0), layers };
}

/**
 * Puts a gradient of the shared parameters and then the others, `[size]`, into the order of the layout. Parameters that stand
 * side by side in both orders go as one piece.
 */
export function inLayoutOrder(gradient: Tensor, { layout, shared, own }: Pick<TaskLayout, 'layout' | 'shared' | 'own'>): Tensor {
  const from = new Map([...shared, ...own].map(({ name, offset }) => [name, offset]));
  const pieces: { from: number; size: number }[] = [];
  for (const { name, size } of layout.slots) {
    const last = pieces.at(-1);
    if (last !== undefined && last.from + last.size === from.get(name)!) last.size += size;
    else pieces.push({ from: from.get(name)!, size });
  }
  const asFound = pieces.toSorted((a, b) => a.from - b.from);
  const parts = split(
    gradient,
    0,
    asFound.map(({ size }) => size),
  );
  return concatenate(
    pieces.map((piece) => parts[asFound.indexOf(piece)]!),
    0,
  );
}

function parametersOf(loss: Tensor): string[] {
  return topologicalOrder([loss]).flatMap((node) => (node.leaf?.kind === 'parameter' ? [node.leaf.name] : []));
}

function layerOfName(name: string): string {
  return name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name;
}

/** The tensors of a step's first run. */
export interface TaskGradients {
  /** `[tasks]`. */
  readonly losses: Tensor;
  /** Σ λᵢ Lᵢ, for a diagnosis to walk. */
  readonly total: Tensor;
  /** Gradients of the shared parameters, without loss weights, `[tasks, sharedSize]`; null where only tables are shared. */
  readonly shared: Tensor | null;
  /** Gradients of the rows of each table, `[tasks, rows, dimension]`. */
  readonly tables: readonly Tensor[];
  /** Gradient of Σ λᵢ Lᵢ for the other parameters, `[own]`; null where there are none. */
  readonly own: Tensor | null;
  /** Inner products by layer, `[layers, tasks, tasks]`. */
  readonly layerGrams: Tensor;
  /** Each task's gradient of each shared parameter. */
  readonly parts: readonly (readonly Tensor[])[];
  readonly ownParts: readonly Tensor[];
}

/** Differentiates all losses. Each is walked back once, so T tasks cost T backward passes through what they share. */
export function taskGradients(
  losses: Readonly<Record<string, Tensor>>,
  { tasks, shared, own, sharedSize, layers }: TaskLayout,
  tables: readonly TrainedTable[],
): TaskGradients {
  const count = tasks.length;
  const lossWeights = stepVector('lossWeights', count);
  const weightOf = (task: number) => reshape(slice(lossWeights, 0, task, task + 1), []);
  const targets = [...shared.map((slot) => slot.tensor), ...tables.map(({ rows }) => rows.values)];
  const ownParts: (Tensor | null)[] = own.map(() => null);
  const parts = tasks.map((task, index) => {
    const reached = new Set(parametersOf(losses[task]!));
    const ownReached = own.flatMap((slot, at) => (reached.has(slot.name) ? [at] : []));
    const found = gradients(losses[task]!, [...targets, ...ownReached.map((at) => own[at]!.tensor)], { unconnected: 'zero' });
    ownReached.forEach((at, position) => {
      const weighted = multiply(found[targets.length + position]!, weightOf(index));
      ownParts[at] = ownParts[at] === null ? weighted : add(ownParts[at]!, weighted);
    });
    return found.slice(0, targets.length);
  });
  const flat = (part: Tensor) => reshape(part, [-1]);
  const ofShared = parts.flatMap((ofTask) => ofTask.slice(0, shared.length).map(flat));
  const sharedGradients = shared.length === 0 ? null : reshape(concatenate(ofShared, 0), [count, sharedSize]);
  const ofTables = tables.map((_, index) =>
    stack(
      parts.map((ofTask) => ofTask[shared.length + index]!),
      0,
    ),
  );
  const sizes = layers.flatMap(({ size }) => (size === null ? [] : [size]));
  const byLayer = [
    ...(sharedGradients === null ? [] : split(sharedGradients, 1, sizes)),
    ...ofTables.map((rows) => reshape(rows, [count, -1])),
  ];
  return {
    losses: stack(
      tasks.map((task) => losses[task]!),
      0,
    ),
    total: tasks.map((task, index) => multiply(losses[task]!, weightOf(index))).reduce((total, loss) => add(total, loss)),
    shared: sharedGradients,
    tables: ofTables,
    own:
      own.length === 0
        ? null
        : concatenate(
            ownParts.map((part) => flat(part!)),
            0,
          ),
    layerGrams: stack(
      byLayer.map((part) => matmul(part, part, { transposeRight: true })),
      0,
    ),
    parts: parts.map((ofTask) => ofTask.slice(0, shared.length)),
    ownParts: ownParts.map((part) => part!),
  };
}
