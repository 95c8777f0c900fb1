import { input } from '../../tensor/leaf.ts';
import { compileMultiTaskStep } from '../../tensor/multi-task-step.ts';
import { multiply } from '../../tensor/operators/binary.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { stack } from '../../tensor/operators/shape.ts';
import { parameterLayout } from '../../tensor/parameters.ts';
import type { TensorValue } from '../../tensor/program.ts';
import { compileTrainingStep, type TrainingStepOptions } from '../../tensor/training-step.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { conflictRecord } from '../gradient-conflict/conflict-record.ts';
import { plainSum } from '../gradient-conflict/plain-sum.ts';
import { makeGradientStrategy } from '../gradient-conflict/strategy-config.ts';
import { fixedWeightStep, type CompileTaskStep, type TaskStep } from '../task-step.ts';
import type { ConstraintReport, TaskNumbers } from '../metrics-log.ts';
import { constraintLoss, type CompositeLossConfig } from './composite-loss-config.ts';
import { CompositeLossError, type CompositeLosses } from './composite-losses.ts';
import { amongTasks, constrainedWeighting, type CompositeWeighting } from './constrained-weighting.ts';

/** How a declaration's step is computed: one run a step, or two with a backward pass a task. */
export type StepForm = 'one graph' | 'two graphs';

/**
 * Which form a declaration takes. Weights that follow from losses alone (fixed, uncertainty, DWA) and multipliers are fed to
 * one graph; a strategy, or GradNorm, needs each task's gradient.
 */
export function stepForm({ conflict, weighting }: Pick<CompositeLossConfig, 'conflict' | 'weighting'>): StepForm {
  return conflict.kind === 'none' && weighting.kind !== 'gradnorm' ? 'one graph' : 'two graphs';
}

/**
 * Compiles the step of a declaration from the losses of `compositeLosses`. Its state (weights, strategy, multipliers) is part
 * of `TrainingState.tasks`, so a checkpoint holds it and a resumed run ends with the bytes of the unbroken one.
 *
 * A step reports beside its loss, Σ λL + Σ μe: losses by task and (with {@link CompositeLosses.terms}) by term, λ where it
 * moves, constraints in their own unit, and the conflict of gradients where two graphs know it.
 *
 * Cost: one graph is a plain training step; two graphs are T + K backward passes of T tasks and K constraints.
 *
 * @param terms single terms to report
 * @throws {CompositeLossError} where losses are not those of the declaration; {@link MultiTaskError}
 */
export function compileCompositeStep(declaration: CompositeLossConfig, terms: CompositeLosses['terms'] = {}): CompileTaskStep {
  return async (losses, options) => {
    checkLosses(declaration, losses);
    const fetch = { ...options.fetch, ...Object.fromEntries(Object.entries(terms).map(([term, loss]) => [termFetch(term), loss])) };
    const step = await compileForm(declaration, losses, { ...options, fetch });
    return {
      ...step,
      async run(feeds, tableIds) {
        const result = await step.run(feeds, tableIds);
        const ofTerms = Object.keys(terms).map((term) => [term, Number(result.fetched[termFetch(term)]!.data[0])] as const);
        return { ...result, losses: { ...result.losses, ...Object.fromEntries(ofTerms) } };
      },
    };
  };
}

function termFetch(term: string): string {
  return `term/${term}`;
}

function compileForm(
  declaration: CompositeLossConfig,
  losses: Readonly<Record<string, Tensor>>,
  options: Omit<TrainingStepOptions, 'loss'>,
): Promise<TaskStep> {
  const weighting = constrainedWeighting(declaration);
  if (stepForm(declaration) === 'two graphs') return negotiatedStep(declaration, weighting, losses, options);
  if (declaration.weighting.kind !== 'fixed' || declaration.constraints.length > 0)
    return fedWeightStep(declaration, weighting, losses, options);
  const weights = weighting.weights(weighting.initialState(declaration.tasks.length), declaration.tasks.length);
  return fixedWeightStep(Object.fromEntries(declaration.tasks.map(({ name }, task) => [name, weights[task]!])))(losses, options);
}

/** One graph over Σ λL + Σ μe with all factors fed. */
async function fedWeightStep(
  declaration: CompositeLossConfig,
  weighting: CompositeWeighting,
  losses: Readonly<Record<string, Tensor>>,
  options: Omit<TrainingStepOptions, 'loss'>,
): Promise<TaskStep> {
  const names = Object.keys(losses);
  const count = declaration.tasks.length;
  const all = stack(Object.values(losses), 0);
  const loss = sum(multiply(all, input(weightsFeed, 'float32', [names.length])));
  const step = await compileTrainingStep({ ...options, loss, fetch: { ...options.fetch, [lossesFetch]: all } });
  let state = weighting.initialState(count);
  return {
    ...step,
    state: () => ({ ...step.state(), tasks: { strategy: [], lossWeights: state } }),
    restore(saved) {
      if (saved.tasks === undefined)
        throw new CompositeLossError('the state to go on from has no weights: it is of a step whose weights stay; start anew', {});
      step.restore(saved);
      state = saved.tasks.lossWeights;
    },
    async run(feeds, tableIds) {
      const weights = weighting.weights(state, count);
      const fed: TensorValue = { data: Float32Array.from(weights), shape: [weights.length] };
      const result = await step.run({ ...feeds, [weightsFeed]: fed }, tableIds);
      const values = Float64Array.from(result.fetched[lossesFetch]!.data as Float32Array);
      state = weighting.update(state, { step: step.state().step, losses: values, gradientNorms: new Float64Array(values.length) });
      return { ...result, ...reportOf(declaration, weighting, { values, weights, state }) };
    },
  };
}

const weightsFeed = 'composite/weights';
const lossesFetch = 'composite/losses';

/** Two graphs with the tasks' gradients between them. */
async function negotiatedStep(
  declaration: CompositeLossConfig,
  weighting: CompositeWeighting,
  losses: Readonly<Record<string, Tensor>>,
  options: Omit<TrainingStepOptions, 'loss'>,
): Promise<TaskStep> {
  const count = declaration.tasks.length;
  const { conflict } = declaration;
  const strategy = conflict.kind === 'none' ? plainSum() : makeGradientStrategy(conflict);
  const step = await compileMultiTaskStep({
    ...options,
    losses,
    strategy: amongTasks(strategy, count),
    weights: weighting,
    sharedParameters: sharedByTasks(declaration, losses),
  });
  return {
    ...step,
    async run(feeds, tableIds) {
      const result = await step.run(feeds, tableIds);
      const values = Float64Array.from(step.tasks, (name) => result.losses[name]!);
      const state = step.state().tasks!.lossWeights;
      const weights = result.measures.lossWeights;
      return {
        ...result,
        ...reportOf(declaration, weighting, { values, weights, state }),
        conflict: () => conflictRecord(step, step.state().step, result),
      };
    },
  };
}

/** Parameters that two tasks reach; a constraint on a task makes none of its own parameters shared. */
function sharedByTasks({ tasks }: CompositeLossConfig, losses: Readonly<Record<string, Tensor>>): (name: string) => boolean {
  const reached = new Map<string, number>();
  for (const { name } of tasks) {
    for (const slot of parameterLayout([losses[name]!]).slots) reached.set(slot.name, (reached.get(slot.name) ?? 0) + 1);
  }
  const needed = Math.min(2, tasks.length);
  return (name) => (reached.get(name) ?? 0) >= needed;
}

/** A step's numbers by name. */
function reportOf(
  { tasks, constraints, weighting: rule }: CompositeLossConfig,
  weighting: CompositeWeighting,
  { values, weights, state }: { readonly values: Float64Array; readonly weights: Float64Array; readonly state: readonly number[] },
): TaskNumbers {
  const byTask = (of: Float64Array) => Object.fromEntries(tasks.map(({ name }, task) => [name, of[task]!]));
  const states = weighting.constraints(state);
  const natural = (relative: number | null, bound: number) => (relative === null ? null : bound * (1 + relative));
  const reports = constraints.map(({ name, atMost }, at): [string, ConstraintReport] => {
    const excess = values[tasks.length + at]!;
    return [
      name,
      {
        value: natural(excess === 0 ? null : excess, atMost),
        running: natural(states[at]!.excess, atMost),
        atMost,
        multiplier: weights[tasks.length + at]!,
      },
    ];
  });
  return {
    losses: byTask(values),
    ...(rule.kind !== 'fixed' && { lossWeights: byTask(weights) }),
    ...(constraints.length > 0 && { constraints: Object.fromEntries(reports) }),
  };
}

function checkLosses({ tasks, constraints }: CompositeLossConfig, losses: Readonly<Record<string, Tensor>>): void {
  const wanted = [...tasks.map(({ name }) => name), ...constraints.map(({ name }) => constraintLoss(name))];
  const given = Object.keys(losses);
  if (wanted.join('\n') !== given.join('\n')) {
    const list = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ') || 'none';
    throw new CompositeLossError(
      `the loss declares ${list(wanted)}, but the losses given are ${list(given)}; give those of compositeLosses`,
      {
        wanted,
        given,
      },
    );
  }
}
