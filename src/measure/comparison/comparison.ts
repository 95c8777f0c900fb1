import type { ReliabilityBin } from '../calibration/score-bins.ts';
import type { ComparisonOptions } from './comparison-options.ts';
import type { ComparedMetric } from './evaluator.ts';

/** Lower and upper end. */
export type Interval = readonly [low: number, high: number];

/** A figure with its interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** What a cell is: a task, over all or within a segment. */
export interface CellName {
  readonly task: string;
  /** null: all places. */
  readonly segmentation: string | null;
  readonly segment: string | null;
}

/** What a cell holds. */
export interface CellCounts {
  /** Places, or cases, with an outcome. */
  readonly examples: number;
  readonly users: number;
  /** Mean label: the rate of a binary task; null where the task has none. */
  readonly rate: number | null;
  /** Why it is not measured; null where it is. */
  readonly tooSmall: string | null;
}

/** One metric of two models in one cell. All differences are B minus A, of the same resamples. */
export interface MetricComparison {
  readonly metric: ComparedMetric;
  readonly lessIsBetter: boolean;
  readonly first: Estimate;
  readonly second: Estimate;
  readonly difference: number;
  /** Percentile interval of the paired resamples; centred on the difference for calibration errors. */
  readonly interval: Interval;
  readonly standardError: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Resamples in which the metric of both exists. */
  readonly resamples: number;
}

/** All metrics of two models in one cell; none where it is too small. */
export interface ComparedCell extends CellName, CellCounts {
  readonly metrics: readonly MetricComparison[];
}

/** How A and B are told apart on one question of the rules. */
export interface Finding extends CellName {
  /** primary: the decision rests on it; guard: must not worsen; calibration: must not worsen by more than the tolerance; segment: one of the first two within a segment. */
  readonly role: 'primary' | 'guard' | 'calibration' | 'segment';
  readonly metric: ComparedMetric;
  /** Difference turned so that above 0 B is better. */
  readonly benefit: number;
  readonly interval: Interval;
  /** What a worsening, or a gain, must exceed to count; in the metric's unit. */
  readonly tolerance: number;
  readonly pValue: number;
  /** After Holm over the findings of its role. */
  readonly adjusted: number;
  readonly verdict: 'better' | 'worse' | 'unclear';
  /** The smallest difference beyond the tolerance that these data would show with the power asked for. */
  readonly detectable: number;
}

/** What a comparison ends in. */
export interface Recommendation {
  readonly verdict: 'ship B' | 'keep A' | 'no difference' | 'mixed';
  /** One sentence. */
  readonly headline: string;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** What to keep in mind, a sentence each. */
  readonly cautions: readonly string[];
  readonly findings: readonly Finding[];
}

/** A model of a comparison. */
export interface ComparedModel {
  readonly name: string;
  readonly fingerprint: string | null;
}

/** Reliability of one task under both models, for a picture. */
export interface ComparedReliability {
  readonly task: string;
  readonly first: readonly ReliabilityBin[];
  readonly second: readonly ReliabilityBin[];
}

/** Two models side by side on the same examples. Plain data: it survives JSON. */
export interface Comparison {
  readonly format: 'nisus-comparison';
  readonly formatVersion: 1;
  /** impressions: places of pages with tasks; cases: the next item of histories. */
  readonly kind: 'impressions' | 'cases';
  readonly first: ComparedModel;
  readonly second: ComparedModel;
  readonly data: {
    readonly name: string;
    readonly fingerprint: string | null;
    /** What was asked: the test part, a split's cases. */
    readonly part: string;
    readonly users: number;
    readonly lists: number | null;
    readonly examples: number;
  };
  readonly options: ComparisonOptions;
  /** Overall cells first, then segment by segment. */
  readonly cells: readonly ComparedCell[];
  /** Of binary tasks. */
  readonly reliability: readonly ComparedReliability[];
  /** What was left out, in sentences. */
  readonly notes: readonly string[];
  readonly recommendation: Recommendation;
}
