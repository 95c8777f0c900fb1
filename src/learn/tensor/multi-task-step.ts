import { createRandom } from '../../base/random.ts';
import { createDropoutPool } from './dropout-pool.ts';
import type { GradientStrategy } from './gradient-strategy.ts';
import { input } from './leaf.ts';
import type { LossWeighting } from './loss-weighting.ts';
import { add, multiply } from './operators/binary.ts';
import { matmul } from './operators/matrix.ts';
import { concatenate, reshape, slice } from './operators/shape.ts';
import { createParameterBuffers, updateOutputs } from './parameter-update.ts';
import { cutParameters } from './parameters.ts';
import { compileProgram, type TensorValue } from './program.ts';
import { diagnose } from './step-diagnosis.ts';
import { fetchedOf, fetchOutputs } from './step-fetch.ts';
import { onlyInputs, stepInput, stepVector } from './step-input.ts';
import { symbolicSizes } from './symbolic-sizes.ts';
import { createTableCarrier, tableUpdateOutputs } from './tables/table-update.ts';
import { inLayoutOrder, MultiTaskError, taskGradients, taskLayout, type TaskGradients, type TaskLayout } from './task-gradients.ts';
import type { Tensor } from './tensor.ts';
import type { StepResult, TrainingStep, TrainingStepOptions } from './training-step.ts';

/** How a step of several tasks is made: the options of a training step, with losses in the place of one. */
export interface MultiTaskStepOptions extends Omit<TrainingStepOptions, 'loss'> {
  /** Scalars to minimise, by task; 1 to 64. Their order is that of the tasks everywhere. */
  readonly losses: Readonly<Record<string, Tensor>>;
  /** How the tasks' gradients of the shared parameters become one. */
  readonly strategy: GradientStrategy;
  /** How much each loss counts. */
  readonly weights: LossWeighting;
  /**
   * Parameters that the strategy acts on; all others move along the gradient of Σ λᵢ Lᵢ. Tables are always shared.
   *
   * @default those that two tasks or more reach
   */
  readonly sharedParameters?: (name: string) => boolean;
  /** The layer that a shared parameter is measured with. @default its name up to the last dot */
  readonly layerOf?: (name: string) => string;
}

/** How the tasks' gradients stood to each other at a step. The arrays are reused by the next step: copy what must stay. */
export interface TaskMeasures {
  /** Inner products of the gradients of λᵢ Lᵢ, `[tasks, tasks]`. */
  readonly gram: Float64Array;
  /** The same by layer and without λ, `[layers, tasks, tasks]`. */
  readonly layerGrams: Float32Array;
  /** λ. */
  readonly lossWeights: Float64Array;
  /** What the strategy multiplied each gradient by, beside λ. */
  readonly strategyWeights: Float64Array;
}

/** What a step of several tasks returns; `loss` is Σ λᵢ Lᵢ. */
export interface MultiTaskStepResult extends StepResult {
  /** Losses without their weights, by task. */
  readonly losses: Readonly<Record<string, number>>;
  readonly measures: TaskMeasures;
}

/** A compiled step of several tasks. */
export interface MultiTaskStep extends Omit<TrainingStep, 'run'> {
  readonly tasks: readonly string[];
  /** Layers of the shared parameters, in the order of {@link TaskMeasures.layerGrams}. */
  readonly layers: readonly string[];
  /** As {@link TrainingStep.run}. */
  run(...given: Parameters<TrainingStep['run']>): Promise<MultiTaskStepResult>;
}

/**
 * Compiles a step of several tasks as two graphs. The first gives the losses, each task's gradient of the shared parameters,
 * and their inner products by layer; the strategy turns `tasks²` numbers into one factor a task; the second combines the
 * gradients and moves the parameters. Gradients go from one to the other without a copy.
 *
 * Cost beside {@link compileTrainingStep}: T backward passes in the place of one, T gradients of the shared parameters in
 * memory, and a second run (about 40 µs).
 *
 * @throws {MultiTaskError} {@link DuplicateParameterError}
 */
export async function compileMultiTaskStep(options: MultiTaskStepOptions): Promise<MultiTaskStep> {
  const { losses, strategy, weights: weighting } = options;
  const trainedTables = options.tables ?? [];
  const places = taskLayout(losses, options);
  const { tasks, layout, sharedSize } = places;
  const count = tasks.length;
  const substitutions = cutParameters(layout, stepVector('parameters', layout.size));
  const found = taskGradients(losses, places, trainedTables);
  const threads = options.threads ?? 2;
  const first = await compileProgram(firstOutputs(found, options), { threads, substitutions });
  const second = await compileProgram(secondOutputs(found, places, options), { threads });
  const dropout = createDropoutPool(options.seed);
  const buffers = createParameterBuffers(layout, options.optimizer, options.seed, options.decays);
  const tables = createTableCarrier(trainedTables, options.learningRate);
  const gradientBuffers: Record<string, TensorValue> = {
    ...(found.shared !== null && { shared: { data: new Float32Array(count * sharedSize), shape: [count, sharedSize] } }),
    ...(found.own !== null && { own: { data: new Float32Array(layout.size - sharedSize), shape: [layout.size - sharedSize] } }),
    layerGrams: { data: new Float32Array(places.layers.length * count * count), shape: [places.layers.length, count, count] },
  };
  let strategyState = strategy.initialState(count);
  let weightingState = weighting.initialState(count);

  return {
    tasks,
    layers: places.layers.map(({ name }) => name),
    layout,
    state: () => ({ ...buffers.state(), tasks: { strategy: strategyState, lossWeights: weightingState } }),
    restore(state) {
      if (state.tasks === undefined)
        throw new MultiTaskError('the state to go on from has no part of tasks: it is of a step with one loss; start anew');
      buffers.restore(state);
      strategyState = state.tasks.strategy;
      weightingState = state.tasks.lossWeights;
    },
    async run(given, tableIds = {}) {
      const step = buffers.state().step + 1;
      const learningRate = options.learningRate(step);
      const rows = tables.read(tableIds, step);
      const vectors = buffers.read(step, learningRate);
      const feeds = { ...given, ...rows.feeds };
      const lossWeights = weighting.weights(weightingState, count);
      const all: Record<string, TensorValue> = {
        ...feeds,
        ...dropout.masks(first.inputs, step, symbolicSizes(first.inputs, feeds)),
        ...vectors.feeds,
        [stepInput('lossWeights')]: { data: Float32Array.from(lossWeights), shape: [count] },
      };
      const results = await first.run(onlyInputs(first.inputs, all), gradientBuffers);
      const lossValues = Float64Array.from(results['losses']!.data as Float32Array);
      const loss = lossValues.reduce((total, value, task) => total + value * lossWeights[task]!, 0);
      const layerGrams = results['layerGrams']!.data as Float32Array;
      const raw = sumOfLayers(layerGrams, count);
      const failed = { step, loss: found.total, lossValue: loss, feeds: all, substitutions };
      if (!Number.isFinite(loss) || !raw.every(Number.isFinite)) {
        const task = Math.max(
          0,
          tasks.findIndex((_, index) => !Number.isFinite(raw[index * count + index]!)),
        );
        const gradientNorm = Math.sqrt(raw[task * count + task]!);
        const named = { slots: places.shared, parameterGradients: found.parts[task]!, gradientOf: `task "${tasks[task]}"` };
        await diagnose({ ...failed, ...named, gradientNorm });
      }
      const gram = raw.map((value, at) => value * lossWeights[Math.floor(at / count)]! * lossWeights[at % count]!);
      const random = createRandom(options.seed, 'gradient-strategy', step);
      const decision = strategy.decide({ gram, tasks: count, state: strategyState, random });
      if (!decision.weights.every(Number.isFinite))
        throw new MultiTaskError(`step ${step}: strategy "${strategy.name}" gave the factors ${decision.weights.join(', ')}`, { step });
      const combination = Float32Array.from(decision.weights, (weight, task) => weight * lossWeights[task]!);
      all[stepInput('combination')] = { data: combination, shape: [1, count] };
      for (const name of ['shared', 'own', ...trainedTables.map((_, index) => tableGradient(index))])
        if (results[name] !== undefined) all[stepInput(`gradient/${name}`)] = results[name];
      const updated = await second.run(onlyInputs(second.inputs, all), { ...vectors.into, ...rows.into });
      const gradientNorm = (updated['gradientNorm']!.data as Float32Array)[0]!;
      if (!(gradientNorm <= (options.explodingNorm ?? 1e6))) {
        const slots = [...places.shared, ...places.own];
        await diagnose({ ...failed, gradientNorm, slots, parameterGradients: combinedParts(found, count) });
      }
      buffers.accept(step);
      tables.write();
      strategyState = decision.state;
      const gradientNorms = Float64Array.from(tasks, (_, task) => Math.sqrt(raw[task * count + task]!));
      weightingState = weighting.update(weightingState, { step, losses: lossValues, gradientNorms });
      return {
        loss,
        gradientNorm,
        learningRate,
        fetched: fetchedOf(options.fetch, results),
        losses: Object.fromEntries(tasks.map((task, index) => [task, lossValues[index]!])),
        measures: { gram, layerGrams, lossWeights, strategyWeights: decision.weights },
      };
    },
    async close() {
      await first.close();
      await second.close();
    },
  };
}

function tableGradient(index: number): string {
  return `table/${index}`;
}

/** What the first run returns. */
function firstOutputs(found: TaskGradients, options: MultiTaskStepOptions): Record<string, Tensor> {
  return {
    losses: found.losses,
    layerGrams: found.layerGrams,
    ...(found.shared !== null && { shared: found.shared }),
    ...(found.own !== null && { own: found.own }),
    ...Object.fromEntries(found.tables.map((gradient, index) => [tableGradient(index), gradient])),
    ...fetchOutputs(options.fetch),
  };
}

/** The second run: what the first returned, combined, moves the parameters and the rows of tables. */
function secondOutputs(found: TaskGradients, places: TaskLayout, options: MultiTaskStepOptions): Record<string, Tensor> {
  const { layout, tasks } = places;
  const combination = input(stepInput('combination'), 'float32', [1, tasks.length]);
  const fed = (name: string, like: Tensor) => input(stepInput(`gradient/${name}`), 'float32', like.shape);
  const combined = (name: string, like: Tensor) => matmul(combination, reshape(fed(name, like), [tasks.length, -1]));
  const parts = [
    ...(found.shared === null ? [] : [reshape(combined('shared', found.shared), [-1])]),
    ...(found.own === null ? [] : [fed('own', found.own)]),
  ];
  const { optimizer, clipNorm = null } = options;
  return {
    ...(parts.length > 0 &&
      updateOutputs(layout, stepVector('parameters', layout.size), inLayoutOrder(concatenate(parts, 0), places), { optimizer, clipNorm })),
    ...tableUpdateOutputs(options.tables ?? [], (rows, index) =>
      reshape(combined(tableGradient(index), found.tables[index]!), rows.values.shape, rows.values),
    ),
  };
}

/** The combined gradient parameter by parameter, as tensors: for a diagnosis alone. */
function combinedParts(found: TaskGradients, count: number): Tensor[] {
  const combination = reshape(input(stepInput('combination'), 'float32', [1, count]), [count]);
  const factor = (task: number) => reshape(slice(combination, 0, task, task + 1), []);
  const shared = found.parts[0]!.map((_, at) =>
    found.parts.map((ofTask, task) => multiply(ofTask[at]!, factor(task))).reduce((total, part) => add(total, part)),
  );
  return [...shared, ...found.ownParts];
}

/** Inner products over all layers, in double precision, made exactly symmetric. */
function sumOfLayers(layerGrams: Float32Array, count: number): Float64Array {
  const gram = new Float64Array(count * count);
  for (let at = 0; at < layerGrams.length; at++) gram[at % gram.length]! += layerGrams[at]!;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) gram[i * count + j] = gram[j * count + i] = 0.5 * (gram[i * count + j]! + gram[j * count + i]!);
  }
  return gram;
}
