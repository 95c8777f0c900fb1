import { z } from 'zod';
import { ComparisonError } from './comparison-error.ts';

/** Guarded when nothing else is said, where they are tasks at all. */
export const USUAL_GUARDS: readonly string[] = ['negative-feedback'];

/** Metrics of a binary task that a decision can rest on. */
export const DECISION_METRICS = ['AUC', 'GAUC by user', 'GAUC by list', 'normalised entropy', 'log loss'] as const;

const optionsSchema = z.strictObject({
  /** Resamples of users. */
  resamples: z.int().min(100).max(100_000).default(1000),
  /** Share of the resamples inside an interval. */
  confidence: z.number().gt(0).lt(1).default(0.95),
  seed: z.int().min(0).default(0),
  /** Chance of any false finding in a family of tests. */
  alpha: z.number().gt(0).lt(1).default(0.05),
  /** With which the smallest detectable difference would be found. */
  power: z.number().gt(0).lt(1).default(0.8),
  /** Which scores are measured: what would be served (calibrated, where they are), or what the model gave. */
  scores: z.enum(['served', 'raw']).default('served'),
  /** Lengths K of NDCG@K; the first is the primary one. */
  cutoffs: z.array(z.int().min(1).max(100_000)).min(1).max(10).default([10]),
  /** Bins of the calibration errors. */
  bins: z.int().min(2).max(1000).default(15),
  /** A cell with fewer users is not measured. */
  usersMin: z.int().min(2).default(30),
  /** Nor is one with fewer places of either outcome. */
  outcomesMin: z.int().min(1).default(50),
  /** What the decision about a binary task rests on. */
  decisionMetric: z.enum(DECISION_METRICS).default('normalised entropy'),
  /** Tasks that the decision rests on; null for all that are not guarded. */
  primaryTasks: z.array(z.string()).min(1).nullable().default(null),
  /** Tasks that must not worsen, where they are there. */
  guardTasks: z.array(z.string()).default([...USUAL_GUARDS]),
  /**
   * In a segment, a difference counts beyond this, in the unit of the metric that decides: among dozens of segments of much data some differ by
   * what matters to nobody.
   */
  relevantDifference: z.number().min(0).max(1).default(0.001),
  /** How much the debiased ECE of a task may rise, as a share of its rate of positives. */
  calibrationTolerance: z.number().min(0).max(10).default(0.1),
});

/** How two models are compared, and by which rules the recommendation is made; {@link comparisonOptions} fills in the defaults. */
export type ComparisonOptions = z.infer<typeof optionsSchema>;

/** @throws ComparisonError `COMPARISON_OPTION` naming the option and what it may be */
export function comparisonOptions(given: Partial<ComparisonOptions> = {}): ComparisonOptions {
  const parsed = optionsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ComparisonError('COMPARISON_OPTION', `comparison: ${z.prettifyError(parsed.error)}`, {}, parsed.error);
}
