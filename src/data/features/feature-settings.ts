/** What holds for all features of an application, in every engine alike: a change of it changes the values. */
export interface FeatureSettings {
  /**
   * How long after its end a pane of a sealed feature (`distinct`, `top`, `quantile`) takes events that come late.
   * @default 60_000
   */
  readonly allowedLatenessMs: number;
}

/** The {@link FeatureSettings} where nothing else is said. */
export const DEFAULT_FEATURE_SETTINGS: FeatureSettings = { allowedLatenessMs: 60_000 };
