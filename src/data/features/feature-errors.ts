import { NisusError } from '../../base/error.ts';

/** Thrown when a declaration of features contradicts itself or goes beyond a bound. */
export class FeatureDeclarationError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('FEATURE_DECLARATION', message, { fields });
  }
}

/** Thrown when a setting of the feature engine is out of range. */
export class FeatureSettingsError extends NisusError {
  constructor(setting: string, problem: string) {
    super('FEATURE_SETTINGS', `Feature setting "${setting}": ${problem}.`, { fields: { setting } });
  }
}

/** Thrown when features are read that the store does not keep: never built, or declared otherwise than they were built. */
export class FeaturesNotBuiltError extends NisusError {
  constructor(view: string, features: readonly string[]) {
    super(
      'FEATURES_NOT_BUILT',
      features.length === 0
        ? `The store holds no view "${view}"; stream the log into it, or backfill the view.`
        : `The store's view "${view}" lacks ${features.join(', ')} as declared; backfill the view.`,
      { fields: { view, features } },
    );
  }
}
