import { NisusError } from '../../../base/error.ts';
import type { TaskGate } from '../../models/multi-task/task-gate.ts';
import { jointRankingCalibrationScore } from '../../nn/losses/joint-ranking-calibration.ts';
import { constant, input } from '../../tensor/leaf.ts';
import { add, divide, multiply, subtract } from '../../tensor/operators/binary.ts';
import { binaryCrossEntropyWithLogits } from '../../tensor/operators/binary-cross-entropy-with-logits.ts';
import { sigmoid } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { withGateBalance } from '../gate-balance.ts';
import { maskedMean, maskFeed, taskFeeds } from '../task-loss.ts';
import { constraintLoss, needsLists, termId, type CompositeLossConfig, type ConstraintConfig } from './composite-loss-config.ts';
import { listPlacesInput, meanListLoss, type CountedMean } from './list-places.ts';

/** Thrown when a declaration does not fit what it is built over. */
export class CompositeLossError extends NisusError {
  constructor(problem: string, fields: Record<string, unknown>) {
    super('COMPOSITE_LOSS', problem, { fields });
  }
}

/** What a composite loss is built over, beside the logits. */
export interface CompositeBatch {
  /** Places of a list; losses that sort need it fixed. @default null, known only at run time */
  readonly listSize?: number | null;
  /** Of the model, for the balance of its experts. @default none */
  readonly gates?: readonly TaskGate[];
}

/** The scalars of a composite loss. */
export interface CompositeLosses {
  /**
   * What a step is made of: the loss of each task (its terms times their weights, and the balance of its gates), in the
   * order of the declaration; then of each constraint, as `constraint/NAME`, its relative excess c / b − 1: above 0 where
   * broken, exactly 0 where no example of the batch counts.
   */
  readonly losses: Readonly<Record<string, Tensor>>;
  /** Single terms of the tasks that have several, without their weights, as `TASK/LOSS`: for a step's `fetch`. */
  readonly terms: Readonly<Record<string, Tensor>>;
}

/** The logits of a declaration's examples, made into scalars one by one. */
type Measure = (task: string, of: ConstraintConfig['of'], mask: string) => CountedMean;

/**
 * Builds the losses of a declaration. Feeds: `label/TASK` and `mask/TASK` as for `taskLosses` (float32 `[examples]`; a label
 * must be a number also where its mask is 0), `places/MASK` for each named mask, `list/places` where a loss looks at lists.
 *
 * - binary cross-entropy: Σ mᵢ (softplus(sᵢ) − yᵢ sᵢ) / Σ mᵢ with m the product of both masks; 0 where none counts;
 * - list losses: see `meanListLoss`; labels below 0 count as 0;
 * - mean probability: Σ mᵢ σ(sᵢ) / Σ mᵢ.
 *
 * Two terms on one task share its logit: a calibrated and a ranking loss pull on one score.
 *
 * @param logits by task, `[examples]` each, or `[examples, 2]` where the task has a JRC term, as `withSecondLogits`
 *   gives them (its score is s¹ − s⁰)
 * @throws {CompositeLossError} for a task without logits; {@link ShapeError}
 */
export function compositeLosses(
  declaration: CompositeLossConfig,
  logits: Readonly<Record<string, Tensor>>,
  { listSize = null, gates = [] }: CompositeBatch = {},
): CompositeLosses {
  const measure = measureOver(declaration, logits, listSize);
  const terms: Record<string, Tensor> = {};
  const tasks = declaration.tasks.map((task) => {
    const values = task.terms.map(({ loss, mask }) => measure(task.name, loss, mask).value);
    if (values.length > 1) values.forEach((value, at) => (terms[`${task.name}/${termId(task.terms[at]!)}`] = value));
    return [task.name, values.map((value, at) => weighted(value, task.terms[at]!.weight)).reduce(add)] as const;
  });
  const balanced = withGateBalance(Object.fromEntries(tasks), gates, declaration.gateBalance);
  const constraints = declaration.constraints.map((constraint) => {
    const { value, present } = measure(constraint.task, constraint.of, constraint.mask);
    return [constraintLoss(constraint.name), subtract(divide(value, constant(constraint.atMost)), present)] as const;
  });
  return { losses: { ...balanced, ...Object.fromEntries(constraints) }, terms };
}

function weighted(value: Tensor, weight: number): Tensor {
  return weight === 1 ? value : multiply(value, constant(weight));
}

/** Inputs are made once, and so are measures: a term that is also bounded is one part of the graph. */
function measureOver(declaration: CompositeLossConfig, logits: Readonly<Record<string, Tensor>>, listSize: number | null): Measure {
  const places = needsLists(declaration) ? listPlacesInput(listSize) : null;
  const inputs = new Map<string, Tensor>();
  const fed = (feed: string, like: Tensor): Tensor => {
    const known = inputs.get(feed) ?? input(feed, 'float32', like.shape);
    inputs.set(feed, known);
    return known;
  };
  const scores = new Map<string, Tensor>();
  const scoreOf = (task: string, logit: Tensor): Tensor => {
    const known = scores.get(task) ?? (logit.shape.length === 2 ? jointRankingCalibrationScore(logit) : logit);
    scores.set(task, known);
    return known;
  };
  const measured = new Map<string, CountedMean>();
  return (task, of, mask) => {
    const key = JSON.stringify([task, of, mask]);
    const known = measured.get(key);
    if (known !== undefined) return known;
    const logit = logits[task];
    if (logit === undefined) {
      const given = Object.keys(logits);
      throw new CompositeLossError(
        `the loss declares task "${task}", but logits are given for ${given.map((name) => `"${name}"`).join(', ') || 'none'}; declare the tasks of the model`,
        { task, given },
      );
    }
    const score = scoreOf(task, logit);
    const feeds = taskFeeds(task);
    const own = fed(feeds.mask, score);
    const weights = mask === 'all' ? own : multiply(own, fed(maskFeed(mask), score));
    const found = ((): CountedMean => {
      switch (of.kind) {
        case 'mean-probability':
          return maskedMean(sigmoid(score), weights);
        case 'binary-cross-entropy':
          return maskedMean(binaryCrossEntropyWithLogits(score, fed(feeds.label, score)), weights);
        default: {
          const ranked = of.kind === 'jrc' ? logit : score;
          return meanListLoss(of, { scores: ranked, labels: fed(feeds.label, score), weights }, places!);
        }
      }
    })();
    measured.set(key, found);
    return found;
  };
}
