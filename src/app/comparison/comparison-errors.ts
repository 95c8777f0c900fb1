import { NisusError } from '../../base/error.ts';

/** Thrown when two runs cannot be compared, for what they are. Code `COMPARISON_DIFFER`. */
export class RunsDifferError extends NisusError {
  constructor(first: string, second: string, what: string, remedy: string) {
    super('COMPARISON_DIFFER', `${first} and ${second} cannot be compared: ${what}. ${remedy}`, { fields: { first, second, what } });
  }
}

/** Thrown when a comparison would be written among other files. Code `COMPARISON_EXISTS`. */
export class ComparisonPlaceError extends NisusError {
  constructor(folder: string) {
    super('COMPARISON_EXISTS', `${folder} holds something else than a comparison. Name a new or an empty folder with --output.`, {
      fields: { folder },
    });
  }
}
