import { NisusError } from '../../base/error.ts';
import { printableText } from '../../base/printable-text.ts';

/** Thrown when a module does not give views of features. Code `FEATURE_MODULE`. */
export class FeatureModuleError extends NisusError {
  constructor(file: string, problem: string, cause?: unknown) {
    super('FEATURE_MODULE', `The declaration ${file} ${printableText(problem, 400)}`, { fields: { file, problem }, cause });
  }
}

/** Thrown when the module of a declaration is not there. Code `FEATURE_MODULE_MISSING`. */
export class FeatureModuleMissingError extends NisusError {
  constructor(file: string) {
    super('FEATURE_MODULE_MISSING', `The declaration ${file} does not exist. Check the path.`, { fields: { file } });
  }
}

/** Thrown when a view or a feature is named that is not declared. Code `FEATURE_UNKNOWN`. */
export class FeatureUnknownError extends NisusError {
  constructor(what: 'view' | 'feature', name: string, known: readonly string[]) {
    super('FEATURE_UNKNOWN', `No ${what} is named "${name}". There is ${known.join(', ')}.`, { fields: { what, name, known } });
  }
}

/** Thrown when a text is no key of an entity. Code `FEATURE_KEY_TEXT`. */
export class FeatureKeyTextError extends NisusError {
  constructor(entity: string, text: string, expected: string) {
    super('FEATURE_KEY_TEXT', `"${text}" is no key of the entity ${entity}; expected ${expected}.`, { fields: { entity, text, expected } });
  }
}

/** Thrown when another process backfills the same features. Code `FEATURES_BUSY`. */
export class FeaturesBusyError extends NisusError {
  constructor(folder: string) {
    super('FEATURES_BUSY', `Another process backfills the features in ${folder}. Wait for it to end, or stop it; what it built is kept.`, {
      fields: { folder },
    });
  }
}
