import { z } from 'zod';
import { listLossSchema } from '../../nn/losses/list-loss.ts';
import { gradientStrategySchema } from '../gradient-conflict/strategy-config.ts';
import { lossWeightsSchema } from '../loss-weights/loss-weights-config.ts';

const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/, 'must start with a letter and go on with letters, digits, - or _')
  .max(64);

/** What a term measures on a task's logits: each example by itself, or the lists of the batch. */
export const termLossSchema = z.discriminatedUnion('kind', [
  /** Mean over the examples that count; linear in the label, so labels that correct for delay may exceed 1. */
  z.strictObject({ kind: z.literal('binary-cross-entropy') }),
  ...listLossSchema.options,
]);

/** See {@link termLossSchema}. */
export type TermLossConfig = z.infer<typeof termLossSchema>;

/** Which examples count, beside those that have the task: all of them, or those of a mask that the batch brings. */
const counting = name.default('all');

const termSchema = z.strictObject({
  loss: termLossSchema.default({ kind: 'binary-cross-entropy' }),
  mask: counting,
  weight: z.number().positive().max(1e6).default(1),
});

const taskSchema = z.strictObject({
  name: name.refine((task) => task !== 'shared', 'must not be "shared", which names what no task owns'),
  /** What counts as an outcome, and in which window: for the run's report. */
  about: z.string().max(400).default(''),
  /** The task's loss is the sum of its terms, all on the one logit of the task. */
  terms: z
    .array(termSchema)
    .min(1)
    .max(8)
    .default([{ loss: { kind: 'binary-cross-entropy' }, mask: 'all', weight: 1 }]),
  /** The weight that the rule gives this task is never below. */
  weightFloor: z.number().min(0).max(1e6).default(0),
});

const constraintSchema = z.strictObject({
  name,
  task: name,
  /** What is bounded: the mean predicted probability of the task, or one of the losses. */
  of: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('mean-probability') }), ...termLossSchema.options]),
  mask: counting,
  /** The bound, in the unit of what is bounded; above 0. */
  atMost: z.number().positive().max(1e6),
  /** η: what the multiplier rises in a step per unit of relative excess, of which 1 counts at most. */
  learningRate: z.number().positive().max(1e3).default(0.01),
  /** The multiplier is never above. */
  multiplierMax: z.number().positive().max(1e6).default(10),
  /** Share of the running mean that stays at each step; 0 looks at the present batch alone. */
  memory: z.number().min(0).lt(1).default(0.9),
});

/**
 * A loss of several tasks as a declaration:
 *
 *     L = Σ_tasks λ_t Σ_terms w L   subject to   c_k(θ) ≤ b_k
 *
 * with the rule that moves λ, the strategy for gradients that conflict, and the bounds. What each part does stands with
 * `compositeLosses` (terms), `makeLossWeighting` (λ), `makeGradientStrategy` and `constrainedWeighting`.
 */
export const compositeLossSchema = z
  .strictObject({
    tasks: z.array(taskSchema).min(1).max(32),
    weighting: lossWeightsSchema.default({ kind: 'fixed', values: {} }),
    /** `none` neither handles conflict nor measures it, and costs one backward pass; `sum` measures it. */
    conflict: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('none') }), ...gradientStrategySchema.options]).default({
      kind: 'none',
    }),
    constraints: z.array(constraintSchema).max(16).default([]),
    /** Strength of the term that keeps experts in use (`withGateBalance`); 0 for none. */
    gateBalance: z.number().min(0).default(0),
  })
  .superRefine(({ tasks, constraints, weighting }, context) => {
    const refuse = (message: string, path: (string | number)[]) => context.addIssue({ code: 'custom', message, path });
    const names = tasks.map((task) => task.name);
    names.forEach((task, at) => {
      if (names.indexOf(task) < at) refuse(`task "${task}" is declared twice; give it several terms instead`, ['tasks', at, 'name']);
    });
    tasks.forEach(({ name: task, terms }, at) => {
      const ids = terms.map(termId);
      const twice = ids.findIndex((id, place) => ids.indexOf(id) < place);
      if (twice >= 0)
        refuse(`task "${task}" has two terms "${ids[twice]}" over one mask; make it one, with a weight`, ['tasks', at, 'terms', twice]);
    });
    constraints.forEach((constraint, at) => {
      if (!names.includes(constraint.task))
        refuse(`constraint "${constraint.name}" is on task "${constraint.task}", which is not declared`, ['constraints', at, 'task']);
      if (constraints.findIndex((other) => other.name === constraint.name) < at)
        refuse(`two constraints are named "${constraint.name}"`, ['constraints', at, 'name']);
    });
    const weighted =
      weighting.kind === 'fixed' ? Object.keys(weighting.values) : weighting.kind === 'uncertainty' ? weighting.gaussian : [];
    const stranger = weighted.find((task) => !names.includes(task));
    if (stranger !== undefined) refuse(`the weighting names task "${stranger}", which is not declared`, ['weighting']);
  });

/** See {@link compositeLossSchema}. */
export type CompositeLossConfig = z.infer<typeof compositeLossSchema>;

/** A bound of a {@link CompositeLossConfig}. */
export type ConstraintConfig = CompositeLossConfig['constraints'][number];

/** A term of a task. */
export type TermConfig = CompositeLossConfig['tasks'][number]['terms'][number];

/** What tells a term from the others of its task: its loss, and its mask where it has one. */
export function termId({ loss, mask }: Pick<TermConfig, 'loss' | 'mask'>): string {
  return mask === 'all' ? loss.kind : `${loss.kind}/${mask}`;
}

/** The name of a constraint's scalar among a step's losses; no task can have it. */
export function constraintLoss(constraint: string): string {
  return `constraint/${constraint}`;
}

/** The masks that a declaration names, without `all`: each is fed as `maskFeed` says. */
export function namedMasks({ tasks, constraints }: Pick<CompositeLossConfig, 'tasks' | 'constraints'>): string[] {
  const named = [...tasks.flatMap(({ terms }) => terms), ...constraints].map(({ mask }) => mask);
  return [...new Set(named)].filter((mask) => mask !== 'all');
}

/** Whether any part of a declaration looks at lists, and so needs `list/places`. */
export function needsLists({ tasks, constraints }: Pick<CompositeLossConfig, 'tasks' | 'constraints'>): boolean {
  const kinds = [...tasks.flatMap(({ terms }) => terms.map(({ loss }) => loss.kind)), ...constraints.map(({ of }) => of.kind)];
  return kinds.some((kind) => kind !== 'binary-cross-entropy' && kind !== 'mean-probability');
}
