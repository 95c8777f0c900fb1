import { NisusError } from '../../base/error.ts';

/** Thrown when a declaration of features contradicts itself or goes beyond a bound. */
export class FeatureDeclarationError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('FEATURE_DECLARATION', message, { fields });
  }
}
