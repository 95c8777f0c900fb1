import { checkFeatureView } from './check-feature-view.ts';
import { durationMs, type Duration } from './duration.ts';
import type { EventFilter, EventNumber, EventTerm, FeatureDefinition, FeatureView, FeatureWindow, Measure } from './feature-declaration.ts';

/**
 * The words in which features are declared. Each makes a plain record of `feature-declaration.ts`; what it means at a
 * moment is laid down in docs/decisions/0007-feature-semantics.md.
 *
 * @example
 * const subjects = featureView({
 *   name: 'subject',
 *   entity: 'subject',
 *   features: {
 *     clicks_1d: count({ where: { actions: ['click'] }, window: sliding('1d', '1h') }),
 *     dwell_median_7d: quantile({ where: { actions: ['dwell'] }, quantile: 0.5, window: sliding('7d', '1d') }),
 *   },
 * });
 */

type Definition<K extends FeatureDefinition['kind']> = Extract<FeatureDefinition, { kind: K }>;

/** The last `length`, moving on by `pane`: the pane in progress and those before it. `pane` divides `length`, 1,024 panes at most. */
export function sliding(length: Duration, pane: Duration): FeatureWindow {
  return { kind: 'sliding', lengthMs: durationMs(length), paneMs: durationMs(pane) };
}

/** The latest whole stretch of `length`, counted from the epoch: yesterday (UTC) for `1d`. */
export function tumbling(length: Duration): FeatureWindow {
  return { kind: 'tumbling', lengthMs: durationMs(length) };
}

/** Everything ever known. */
export function all(): FeatureWindow {
  return { kind: 'all' };
}

/** Number of events; 0 without any. */
export function count(options: { readonly where?: EventFilter; readonly window?: FeatureWindow } = {}): Definition<'sum'> {
  return { kind: 'sum', where: options.where ?? {}, of: 'one', window: options.window ?? all() };
}

/** Sum of a number over events that have it; 0 without any. */
export function sum(options: {
  readonly where?: EventFilter;
  readonly of: EventNumber;
  readonly window?: FeatureWindow;
}): Definition<'sum'> {
  return { kind: 'sum', where: options.where ?? {}, of: options.of, window: options.window ?? all() };
}

/**
 * A rate with Bayesian smoothing: `(numerator + priorMean × priorStrength) / (denominator + priorStrength)`, the posterior
 * mean under a Beta(priorMean × priorStrength, (1 − priorMean) × priorStrength) prior where numerator counts part of denominator.
 */
export function ratio(options: {
  readonly numerator: Partial<Measure>;
  readonly denominator: Partial<Measure>;
  /** @default 0 */
  readonly priorMean?: number;
  /** In events of the denominator. @default 0: no smoothing, null without a denominator */
  readonly priorStrength?: number;
  readonly window?: FeatureWindow;
}): Definition<'ratio'> {
  return {
    kind: 'ratio',
    numerator: { where: options.numerator.where ?? {}, of: options.numerator.of ?? 'one' },
    denominator: { where: options.denominator.where ?? {}, of: options.denominator.of ?? 'one' },
    priorMean: options.priorMean ?? 0,
    priorStrength: options.priorStrength ?? 0,
    window: options.window ?? all(),
  };
}

/** A rate that fades: every event weighs half as much each `halfLife`. */
export function decayed(options: {
  readonly where?: EventFilter;
  readonly of?: EventNumber;
  readonly halfLife: Duration;
}): Definition<'decayed'> {
  return { kind: 'decayed', where: options.where ?? {}, of: options.of ?? 'one', halfLifeMs: durationMs(options.halfLife) };
}

/** Terms of the last `count` events that have the term, the latest last. `count` from 1 to 1,000. */
export function last(options: { readonly where?: EventFilter; readonly of: EventTerm; readonly count: number }): Definition<'last'> {
  return { kind: 'last', where: options.where ?? {}, of: options.of, count: options.count };
}

/** Milliseconds since the latest event; null without any. */
export function timeSince(options: { readonly where?: EventFilter } = {}): Definition<'time-since'> {
  return { kind: 'time-since', where: options.where ?? {} };
}

/** Estimated number of different terms in the sealed panes of the window. Standard error 1.04 / √(2^precision). */
export function distinct(options: {
  readonly where?: EventFilter;
  readonly of: EventTerm;
  /** 4 to 14; 2^precision registers a pane at most. @default 10 (3.3 %) */
  readonly precision?: number;
  readonly window: FeatureWindow;
}): Definition<'distinct'> {
  return {
    kind: 'distinct',
    where: options.where ?? {},
    of: options.of,
    precision: options.precision ?? 10,
    window: options.window,
  };
}

/** The most frequent terms in the sealed panes of the window, most frequent first. */
export function top(options: {
  readonly where?: EventFilter;
  readonly of: EventTerm;
  /** 1 to 1,000. */
  readonly count: number;
  /** Terms that one pane keeps, 1 to 1,000. @default the larger of 64 and count */
  readonly termsMax?: number;
  readonly window: FeatureWindow;
}): Definition<'top'> {
  return {
    kind: 'top',
    where: options.where ?? {},
    of: options.of,
    count: options.count,
    termsMax: options.termsMax ?? Math.max(64, options.count),
    window: options.window,
  };
}

/** A quantile of a number over the sealed panes of the window, within 1 % of its size; null without events. */
export function quantile(options: {
  readonly where?: EventFilter;
  /** @default 'value' */
  readonly of?: 'value' | 'quantity';
  /** Above 0, up to 1. */
  readonly quantile: number;
  readonly window: FeatureWindow;
}): Definition<'quantile'> {
  return {
    kind: 'quantile',
    where: options.where ?? {},
    of: options.of ?? 'value',
    quantile: options.quantile,
    window: options.window,
  };
}

/** Last price in the window over the last before it, minus 1. Only of the entity `instrument`, as the two below. */
export function priceReturn(options: { readonly window: FeatureWindow }): Definition<'price-return'> {
  return { kind: 'price-return', window: options.window };
}

/** Sample standard deviation of log returns between the closes of the window's panes. Not annualised. */
export function volatility(options: { readonly window: FeatureWindow }): Definition<'volatility'> {
  return { kind: 'volatility', window: options.window };
}

/** Traded quantity per millisecond in the window over that in the baseline. */
export function volumeSurge(options: { readonly window: FeatureWindow; readonly baseline: FeatureWindow }): Definition<'volume-surge'> {
  return { kind: 'volume-surge', window: options.window, baseline: options.baseline };
}

/**
 * Declares the features of one entity. Names and value types are known to the compiler from here on: see `FeatureValues`.
 *
 * @throws {FeatureDeclarationError} where the declaration contradicts itself or goes beyond a bound; the message names the feature
 */
export function featureView<const D extends Readonly<Record<string, FeatureDefinition>>>(view: FeatureView<D>): FeatureView<D> {
  checkFeatureView(view);
  return view;
}
