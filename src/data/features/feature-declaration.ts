import type { EventAction, SubjectKind } from '../events/event-actions.ts';

/**
 * The declaration of features: plain data, read by every engine (streaming, DuckDB, later Flink). What each means is
 * laid down in docs/decisions/0007-feature-semantics.md; the builders that make these records stand in `declare.ts`.
 */

/** What a feature is about: an event adds to it once for each different key that the event has. */
export const ENTITIES = ['user', 'subject', 'author', 'instrument', 'tag', 'user-tag', 'user-author', 'surface-position'] as const;

/** One of the {@link ENTITIES}. */
export type Entity = (typeof ENTITIES)[number];

/** Which events count. All conditions that are given must hold; none given: every event. */
export interface EventFilter {
  readonly actions?: readonly EventAction[];
  readonly subjectKinds?: readonly SubjectKind[];
  readonly surfaces?: readonly string[];
  /** Leaves out events with a lower value or none. */
  readonly valueMin?: number;
}

/** A stretch of event time before the moment asked for. */
export type FeatureWindow =
  | { readonly kind: 'all' }
  /** The pane in progress and those before it, `lengthMs / paneMs` panes in all. */
  | { readonly kind: 'sliding'; readonly lengthMs: number; readonly paneMs: number }
  /** The latest whole stretch of `lengthMs`, counted from the epoch. */
  | { readonly kind: 'tumbling'; readonly lengthMs: number };

/** A property of an event that is a text; `instrument` and `tag` may be several; `time` is `timeMs` in decimal. */
export type EventTerm = 'user' | 'subject' | 'author' | 'instrument' | 'tag' | 'surface' | 'action' | 'query' | 'time';

/** Numbers of an event: 1 for `one`; events without the number do not count. */
export type EventNumber = 'one' | 'value' | 'quantity';

/** Part of a ratio. */
export interface Measure {
  readonly where: EventFilter;
  readonly of: EventNumber;
}

/** How a feature is computed. `live` ones move with every event, `sealed` ones when a pane is sealed. */
export type FeatureDefinition =
  /** live. Number of events, or sum of a number over them; 0 without any. */
  | { readonly kind: 'sum'; readonly where: EventFilter; readonly of: EventNumber; readonly window: FeatureWindow }
  /** live. (numerator + priorMean × priorStrength) / (denominator + priorStrength); priorMean when both are 0 (null if priorStrength is 0). */
  | {
      readonly kind: 'ratio';
      readonly numerator: Measure;
      readonly denominator: Measure;
      readonly priorMean: number;
      readonly priorStrength: number;
      readonly window: FeatureWindow;
    }
  /** live. Σ number × 2^(−age / halfLife), per halfLife unit undivided; 0 without events. */
  | { readonly kind: 'decayed'; readonly where: EventFilter; readonly of: EventNumber; readonly halfLifeMs: number }
  /** live. Terms of the last `count` events by (time, offset), the latest last. */
  | { readonly kind: 'last'; readonly where: EventFilter; readonly of: EventTerm; readonly count: number }
  /** live. The moment minus the latest event time; null without events; never below 0. */
  | { readonly kind: 'time-since'; readonly where: EventFilter }
  /** sealed. Estimated number of different terms (HyperLogLog, 2^precision registers). */
  | {
      readonly kind: 'distinct';
      readonly where: EventFilter;
      readonly of: EventTerm;
      readonly precision: number;
      readonly window: FeatureWindow;
    }
  /** sealed. The `count` most frequent terms, most frequent first, ties by term. A pane keeps the first `termsMax` terms that it meets. */
  | {
      readonly kind: 'top';
      readonly where: EventFilter;
      readonly of: EventTerm;
      readonly count: number;
      readonly termsMax: number;
      readonly window: FeatureWindow;
    }
  /** sealed. Quantile of a number, within 1 % of its size; null without events. */
  | {
      readonly kind: 'quantile';
      readonly where: EventFilter;
      readonly of: 'value' | 'quantity';
      readonly quantile: number;
      readonly window: FeatureWindow;
    }
  /** live, of `price` events. Last price of the window / last price before it − 1; null where either is missing. */
  | { readonly kind: 'price-return'; readonly window: FeatureWindow }
  /** live, of `price` events. Standard deviation of log returns from pane close to pane close (panes without a price left out), null below 2 returns. */
  | { readonly kind: 'volatility'; readonly window: FeatureWindow }
  /** live, of `price` events. Quantity per ms in the window over that in the baseline; null where the baseline has none. */
  | { readonly kind: 'volume-surge'; readonly window: FeatureWindow; readonly baseline: FeatureWindow };

/** Value that a kind of feature has. */
export interface FeatureValueByKind {
  sum: number;
  ratio: number | null;
  decayed: number;
  last: readonly string[];
  'time-since': number | null;
  distinct: number;
  top: readonly string[];
  quantile: number | null;
  'price-return': number | null;
  volatility: number | null;
  'volume-surge': number | null;
}

/** Features of one entity, declared, stored and read together. */
export interface FeatureView<D extends Readonly<Record<string, FeatureDefinition>> = Readonly<Record<string, FeatureDefinition>>> {
  /** Unique among the views of an application. */
  readonly name: string;
  readonly entity: Entity;
  readonly features: D;
}

/** Type of the values of a view: name to type, known to the compiler. */
export type FeatureValues<V extends FeatureView> = {
  readonly [N in keyof V['features']]: FeatureValueByKind[V['features'][N]['kind']];
};
