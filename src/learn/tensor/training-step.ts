import { createDropoutPool } from './dropout-pool.ts';
import { gradients } from './gradient.ts';
import { concatenate, reshape } from './operators/shape.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Schedule } from './optimizers/schedule.ts';
export type { TrainingState } from './parameter-update.ts';
import { createParameterBuffers, updateOutputs, type TrainingState } from './parameter-update.ts';
import { cutParameters, parameterLayout, type ParameterLayout } from './parameters.ts';
import { fetchedOf, fetchOutputs } from './step-fetch.ts';
import { onlyInputs, stepVector } from './step-input.ts';
export type { TableIds } from './tables/table-update.ts';
import { createTableCarrier, tableUpdateOutputs, type TableIds, type TrainedTable } from './tables/table-update.ts';
import { symbolicSizes } from './symbolic-sizes.ts';
import { compileProgram, type ProgramOptions, type TensorValue } from './program.ts';
import { diagnose } from './step-diagnosis.ts';
import type { Tensor } from './tensor.ts';

/** How a training step is made. */
export interface TrainingStepOptions {
  /** Scalar to minimise. */
  readonly loss: Tensor;
  readonly optimizer: Optimizer;
  readonly learningRate: Schedule;
  /** Gradients are scaled down to this global L2 norm (Pascanu et al. 2013). Null: no clipping. @default null */
  readonly clipNorm?: number | null;
  /** A gradient norm above this stops training with a diagnosis. @default 1e6 */
  readonly explodingNorm?: number;
  /** Further tensors to return at every step, by name (gradients of embedding rows, metrics). */
  readonly fetch?: Readonly<Record<string, Tensor>>;
  /** Which parameters weight decay applies to. @default those with two axes or more */
  readonly decays?: (name: string, shape: readonly number[]) => boolean;
  /** Embedding tables outside the graph, with the learning rate of their rows (default the step's own). */
  readonly tables?: readonly TrainedTable[];
  readonly seed: number;
  readonly threads?: number;
}

/** What a step returns. */
export interface StepResult {
  readonly loss: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly fetched: Readonly<Record<string, TensorValue>>;
}

/** A compiled training step: forward, backward and update in one graph. */
export interface TrainingStep {
  readonly layout: ParameterLayout;
  /** The present state. The arrays are reused by later steps: copy what must stay. */
  state(): TrainingState;
  /** Goes on from a saved state; the arrays are copied. */
  restore(state: TrainingState): void;
  /**
   * Takes one step; rows of tables are read before it and written after it.
   *
   * @param tableIds by table name
   * @throws {NonFiniteError} {@link ExplodingGradientError} {@link TableIdError} with the state unchanged
   */
  run(feeds: Readonly<Record<string, TensorValue>>, tableIds?: TableIds): Promise<StepResult>;
  close(): Promise<void>;
}

/** Compiles the step. Parameters start from their initializers under `seed`. */
export async function compileTrainingStep(options: TrainingStepOptions): Promise<TrainingStep> {
  const { loss } = options;
  const layout = parameterLayout([loss]);
  const graph = stepGraph(options, layout);
  const programOptions: ProgramOptions = { threads: options.threads ?? 2, substitutions: graph.substitutions };
  const program = await compileProgram(graph.outputs, programOptions);
  const dropout = createDropoutPool(options.seed);
  const buffers = createParameterBuffers(layout, options.optimizer, options.seed, options.decays);
  const tables = createTableCarrier(options.tables ?? [], options.learningRate);

  return {
    layout,
    state: () => buffers.state(),
    restore: (state) => buffers.restore(state),
    async run(given, tableIds = {}) {
      const step = buffers.state().step + 1;
      const learningRate = options.learningRate(step);
      const rows = tables.read(tableIds, step);
      const vectors = buffers.read(step, learningRate);
      const feeds = { ...given, ...rows.feeds };
      const masks = dropout.masks(program.inputs, step, symbolicSizes(program.inputs, feeds));
      const all = { ...feeds, ...masks, ...vectors.feeds };
      const results = await program.run(onlyInputs(program.inputs, all), { ...vectors.into, ...rows.into });
      const lossValue = (results['loss']!.data as Float32Array)[0]!;
      const gradientNorm = (results['gradientNorm']!.data as Float32Array)[0]!;
      if (!Number.isFinite(lossValue) || !(gradientNorm <= (options.explodingNorm ?? 1e6))) {
        await diagnose({
          step,
          loss,
          lossValue,
          gradientNorm,
          slots: layout.slots,
          feeds: all,
          substitutions: graph.substitutions,
          parameterGradients: graph.parameterGradients,
        });
      }
      buffers.accept(step);
      tables.write();
      return { loss: lossValue, gradientNorm, learningRate, fetched: fetchedOf(options.fetch, results) };
    },
    close: () => program.close(),
  };
}

function stepGraph(options: TrainingStepOptions, layout: ParameterLayout) {
  const { loss, optimizer, clipNorm = null } = options;
  const parameters = stepVector('parameters', layout.size);
  const substitutions = cutParameters(layout, parameters);
  const parameterGradients = gradients(
    loss,
    layout.slots.map((slot) => slot.tensor),
  );
  const gradient = concatenate(
    parameterGradients.map((part) => reshape(part, [-1])),
    0,
  );
  const outputs: Record<string, Tensor> = {
    loss,
    ...updateOutputs(layout, parameters, gradient, { optimizer, clipNorm }),
    ...fetchOutputs(options.fetch),
    ...tableUpdateOutputs(options.tables ?? [], (rows) => gradients(loss, [rows.values])[0]!),
  };
  return { outputs, substitutions, parameterGradients };
}
