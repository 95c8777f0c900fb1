import { createDropoutPool } from './dropout-pool.ts';
import { gradients } from './gradient.ts';
import { constant, input } from './leaf.ts';
import type { GraphInput } from './onnx/lowering.ts';
import { add, divide, minimum, multiply } from './operators/binary.ts';
import { concatenate, reshape } from './operators/shape.ts';
import { sum } from './operators/reduce.ts';
import { sqrt } from './operators/unary.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { Schedule } from './optimizers/schedule.ts';
import { cutParameters, initialParameters, parameterLayout, type ParameterLayout } from './parameters.ts';
import { tableOutput, type TableRows } from './tables/embedding-table.ts';
import { createTableExchange, type BatchIds } from './tables/table-exchange.ts';
import { symbolicSizes } from './symbolic-sizes.ts';
import { compileProgram, FeedError, type ProgramOptions, type TensorValue } from './program.ts';
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
  readonly tables?: readonly { readonly rows: TableRows; readonly learningRate?: Schedule }[];
  readonly seed: number;
  readonly threads?: number;
}

/** Ids of a batch for each table, with the shape that the model looks them up in. */
export type TableIds = Readonly<Record<string, BatchIds>>;

/** What a step returns. */
export interface StepResult {
  readonly loss: number;
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  readonly fetched: Readonly<Record<string, TensorValue>>;
}

/** Everything that a step changes; enough to go on exactly where a run stopped. */
export interface TrainingState {
  /** Steps taken. */
  step: number;
  readonly parameters: Float32Array;
  /** Optimizer vectors by name, each as long as the parameters. */
  readonly optimizer: Readonly<Record<string, Float32Array>>;
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
  const { loss, optimizer } = options;
  const layout = parameterLayout([loss]);
  const graph = stepGraph(options, layout);
  const programOptions: ProgramOptions = { threads: options.threads ?? 2, substitutions: graph.substitutions };
  const program = await compileProgram(graph.outputs, programOptions);
  const dropout = createDropoutPool(options.seed);
  const decays = options.decays ?? ((_name, shape) => shape.length >= 2);
  const decayMask = new Float32Array(layout.size);
  for (const slot of layout.slots) if (decays(slot.name, slot.shape)) decayMask.fill(1, slot.offset, slot.offset + slot.size);

  const names = ['parameters', ...optimizer.state];
  let current = Object.fromEntries(names.map((name) => [name, new Float32Array(layout.size)]));
  let next = Object.fromEntries(names.map((name) => [name, new Float32Array(layout.size)]));
  current['parameters']!.set(initialParameters(layout, options.seed));
  const exchanges = new Map((options.tables ?? []).map(({ rows: { table } }) => [table.name, createTableExchange(table)]));
  let steps = 0;
  const flat = (data: Float32Array): TensorValue => ({ data, shape: [data.length] });
  const scalar = (value: number): TensorValue => ({ data: Float32Array.of(value), shape: [] });

  return {
    layout,
    state: () => ({
      step: steps,
      parameters: current['parameters']!,
      optimizer: Object.fromEntries(optimizer.state.map((name) => [name, current[name]!])),
    }),
    restore(state) {
      steps = state.step;
      current['parameters']!.set(state.parameters);
      for (const name of optimizer.state) current[name]!.set(state.optimizer[name]!);
    },
    async run(given, tableIds = {}) {
      const step = steps + 1;
      const learningRate = options.learningRate(step);
      const into = Object.fromEntries(names.map((name) => [`next/${name}`, flat(next[name]!)]));
      const feeds = { ...given };
      for (const [name, exchange] of exchanges) {
        const ids = tableIds[name];
        if (ids === undefined) throw new FeedError(name, 'no ids given for this table');
        const rows = exchange.read(ids);
        Object.assign(feeds, rows.feeds);
        Object.assign(into, rows.into);
      }
      const all: Record<string, TensorValue> = { ...feeds, ...dropout.masks(program.inputs, step, symbolicSizes(program.inputs, feeds)) };
      for (const { rows, learningRate: ofRows } of options.tables ?? []) {
        const { name, optimizer: rule } = rows.table;
        all[stepInput(`${name}/learningRate`)] = scalar((ofRows ?? options.learningRate)(step));
        for (const [key, value] of Object.entries(rule.stepScalars(step))) all[stepInput(`${name}/${key}`)] = scalar(value);
      }
      for (const name of names) all[stepInput(name)] = flat(current[name]!);
      all[stepInput('learningRate')] = scalar(learningRate);
      all[stepInput('decayMask')] = flat(decayMask);
      for (const [name, value] of Object.entries(optimizer.stepScalars(step))) all[stepInput(name)] = scalar(value);
      const results = await program.run(onlyInputs(program.inputs, all), into);
      const lossValue = (results['loss']!.data as Float32Array)[0]!;
      const gradientNorm = (results['gradientNorm']!.data as Float32Array)[0]!;
      if (!Number.isFinite(lossValue) || !(gradientNorm <= (options.explodingNorm ?? 1e6))) {
        await diagnose({
          step,
          loss,
          lossValue,
          gradientNorm,
          layout,
          feeds: all,
          substitutions: graph.substitutions,
          parameterGradients: graph.parameterGradients,
        });
      }
      [current, next] = [next, current];
      steps = step;
      for (const exchange of exchanges.values()) exchange.write();
      const fetched = Object.fromEntries(Object.keys(options.fetch ?? {}).map((name) => [name, results[`fetch/${name}`]!]));
      return { loss: lossValue, gradientNorm, learningRate, fetched };
    },
    close: () => program.close(),
  };
}

/** Inputs that the step itself adds to the model's own. */
function stepInput(name: string): string {
  return `step/${name}`;
}

function stepGraph(options: TrainingStepOptions, layout: ParameterLayout) {
  const { loss, optimizer } = options;
  const vector = (name: string) => input(stepInput(name), 'float32', [layout.size]);
  const scalar = (name: string) => input(stepInput(name), 'float32', []);
  const parameters = vector('parameters');
  const substitutions = cutParameters(layout, parameters);

  const parameterGradients = gradients(
    loss,
    layout.slots.map((slot) => slot.tensor),
  );
  const gradient = concatenate(
    parameterGradients.map((part) => reshape(part, [-1])),
    0,
  );
  const gradientNorm = sqrt(sum(multiply(gradient, gradient)));
  const clipNorm = options.clipNorm ?? null;
  const clipped =
    clipNorm === null ? gradient : multiply(gradient, minimum(constant(1), divide(constant(clipNorm), add(gradientNorm, constant(1e-6)))));
  const update = optimizer.update({
    parameters,
    gradient: clipped,
    state: optimizer.state.map(vector),
    learningRate: scalar('learningRate'),
    decayMask: vector('decayMask'),
    scalars: Object.fromEntries(Object.keys(optimizer.stepScalars(1)).map((name) => [name, scalar(name)])),
  });
  const outputs: Record<string, Tensor> = { loss, gradientNorm, 'next/parameters': update.parameters };
  optimizer.state.forEach((name, index) => (outputs[`next/${name}`] = update.state[index]!));
  for (const [name, tensor] of Object.entries(options.fetch ?? {})) outputs[`fetch/${name}`] = tensor;
  for (const { rows } of options.tables ?? []) {
    const { name, optimizer: rule } = rows.table;
    const [rowGradient] = gradients(loss, [rows.values]);
    const scalars = Object.fromEntries(Object.keys(rule.stepScalars(1)).map((key) => [key, scalar(`${name}/${key}`)]));
    const next = rule.update({
      rows: rows.values,
      gradient: rowGradient!,
      state: rows.state,
      learningRate: scalar(`${name}/learningRate`),
      scalars,
    });
    outputs[tableOutput(name)] = concatenate([next.rows, next.state], 1);
  }
  return { outputs, substitutions, parameterGradients };
}

function onlyInputs(inputs: readonly GraphInput[], feeds: Readonly<Record<string, TensorValue>>): Record<string, TensorValue> {
  return Object.fromEntries(inputs.flatMap(({ name }) => (feeds[name] === undefined ? [] : [[name, feeds[name]]])));
}
