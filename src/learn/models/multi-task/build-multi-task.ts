import { NisusError } from '../../../base/error.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { bothLogit } from './esmm.ts';
import { firstLogits } from './first-logits.ts';
import { mmoe } from './mmoe.ts';
import type { MultiTaskConfig, TrunkConfig } from './multi-task-config.ts';
import { ple } from './ple.ts';
import { sharedBottom } from './shared-bottom.ts';
import { singleTask } from './single-task.ts';
import type { TaskGate } from './task-gate.ts';
import type { TaskRepresentations } from './task-representations.ts';
import { taskTower } from './task-tower.ts';

/** What a multi-task model gives. */
export interface MultiTaskOutput {
  /** A logit a task, `[batch]`, by task in the order of the tasks: what losses and scores are made of. */
  readonly logits: Readonly<Record<string, Tensor>>;
  /** What the last layer of each task's tower reads, `[batch, width]`: for losses that want more of it than a logit. */
  readonly tops: Readonly<Record<string, Tensor>>;
  /** Logits of ESMM's second outcome given the first, `[batch]`, which no loss sees; null for other models. */
  readonly conditionalLogit: Tensor | null;
  readonly gates: readonly TaskGate[];
}

/** Thrown when tasks do not fit a multi-task model. */
export class MultiTaskModelError extends NisusError {
  constructor(problem: string, tasks: readonly string[]) {
    super('MULTI_TASK_MODEL', `multi-task model over tasks ${tasks.map((task) => `"${task}"`).join(', ') || '(none)'}: ${problem}`, {
      fields: { tasks },
    });
  }
}

/**
 * Builds a multi-task model over any encoder.
 *
 * @param encode builds what is below, `[batch, dim]`: fields of a table, the state of a sequence; called once, or once a
 *   task where nothing is shared
 * @param tasks names, at least one, no two alike; letters, digits, `-`, `_`. ESMM takes two: the first outcome and that both happen
 * @param mode dropout is left out when serving
 * @param rates by task, how often it happens: training begins with these as probabilities (Lin et al. 2017, "Focal loss",
 *   section 3.3), and so does not spend its first steps on learning that rare things are rare @default one half each
 * @throws {MultiTaskModelError} for tasks that do not fit
 */
export function buildMultiTask(
  config: MultiTaskConfig,
  encode: () => Tensor,
  tasks: readonly string[],
  mode: 'training' | 'serving',
  rates: Readonly<Record<string, number>> = {},
): MultiTaskOutput {
  checkTasks(config, tasks);
  const dropout = mode === 'training' ? config.dropout : 0;
  const { representations, gates } = buildTrunk(config.kind === 'esmm' ? config.trunk : config, encode, tasks, dropout);
  const first = firstLogits(config, tasks, rates);
  const towers = tasks.map((task, at) => taskTower(task, representations[at]!, config.tower, dropout, first[at]!));
  const logits = towers.map(({ logit }) => logit);
  const tops = byTask(
    tasks,
    towers.map(({ top }) => top),
  );
  if (config.kind !== 'esmm') return { logits: byTask(tasks, logits), tops, conditionalLogit: null, gates };
  const [one, second] = logits as [Tensor, Tensor];
  return { logits: byTask(tasks, [one, bothLogit(one, second)]), tops, conditionalLogit: second, gates };
}

/**
 * The part below the towers.
 *
 * @param dropout rate, 0 when serving
 */
export function buildTrunk(config: TrunkConfig, encode: () => Tensor, tasks: readonly string[], dropout: number): TaskRepresentations {
  switch (config.kind) {
    case 'single-task':
      return singleTask(encode, tasks, { ...config, dropout });
    case 'shared-bottom':
      return sharedBottom(encode(), tasks, { ...config, dropout });
    case 'mmoe':
      return mmoe(encode(), tasks, { ...config, dropout });
    case 'ple':
      return ple(encode(), tasks, { ...config, dropout });
  }
}

function byTask(tasks: readonly string[], logits: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(tasks.map((task, at) => [task, logits[at]!]));
}

/** @throws {MultiTaskModelError} for tasks that do not fit a model */
export function checkTasks(config: MultiTaskConfig, tasks: readonly string[]): void {
  if (tasks.length === 0) throw new MultiTaskModelError('needs at least one task', tasks);
  if (new Set(tasks).size < tasks.length) throw new MultiTaskModelError('two tasks have one name; name each differently', tasks);
  const odd = tasks.find((task) => !/^[A-Za-z][\w-]*$/.test(task) || task === 'shared');
  if (odd !== undefined) {
    throw new MultiTaskModelError(
      `"${odd}" names no layer: a name starts with a letter, goes on with letters, digits, - or _, and is not "shared"`,
      tasks,
    );
  }
  if (config.kind === 'esmm' && tasks.length !== 2) {
    throw new MultiTaskModelError('ESMM has two tasks, a first outcome and that a second follows it', tasks);
  }
}
