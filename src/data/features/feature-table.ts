import type { FeatureDefinition, FeatureValueByKind, FeatureView } from './feature-declaration.ts';

/** Names of a view's features. */
export type FeatureName<V extends FeatureView> = Extract<keyof V['features'], string>;

/** A column of values: numbers with NaN for null, or lists of texts. */
export type FeatureColumn<D extends FeatureDefinition> = D extends FeatureDefinition
  ? FeatureValueByKind[D['kind']] extends readonly string[]
    ? readonly (readonly string[])[]
    : Float64Array
  : never;

/** Values of features for many keys at one moment, a column a feature, a row a key. */
export interface FeatureTable<V extends FeatureView = FeatureView, N extends FeatureName<V> = FeatureName<V>> {
  readonly keys: readonly string[];
  /**
   * The moment that the values are of: the one asked for, or just after the last event consumed where that is later.
   * State only moves forward; for the past there is the history engine.
   */
  readonly atMs: number;
  /** How far the values tell of the log: everything below `nextOffset`, received up to `receivedTimeMs` (-Infinity: nothing). */
  readonly consumed: { readonly nextOffset: number; readonly receivedTimeMs: number };
  readonly columns: { readonly [K in N]: FeatureColumn<V['features'][K]> };
  /** By row: received time of the last event that moved the key's features; NaN where there is none, or none within the time to live. */
  readonly touchedMs: Float64Array;
}

/** One value of a table: null where the number is NaN. */
export function featureValue<V extends FeatureView, N extends FeatureName<V>, K extends N>(
  table: FeatureTable<V, N>,
  name: K,
  row: number,
): FeatureValueByKind[V['features'][K]['kind']] {
  const columns: Readonly<Record<string, FeatureColumn<FeatureDefinition>>> = table.columns;
  const value = columns[name as string]![row];
  type Value = FeatureValueByKind[V['features'][K]['kind']];
  return (typeof value === 'number' && Number.isNaN(value) ? null : value) as Value;
}
