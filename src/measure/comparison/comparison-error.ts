import { NisusError } from '../../base/error.ts';

/**
 * Thrown when a comparison is asked for what it cannot give.
 *
 * - `COMPARISON_OPTION`: an option out of its range, or a task that is not there
 * - `COMPARISON_EMPTY`: nothing is left to compare, with the reason
 * - `COMPARISON_DIFFER`: two runs that were not asked the same
 */
export class ComparisonError extends NisusError {
  constructor(code: ComparisonErrorCode, message: string, fields: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, { fields, cause });
  }
}

/** See {@link ComparisonError}. */
export type ComparisonErrorCode = 'COMPARISON_OPTION' | 'COMPARISON_EMPTY' | 'COMPARISON_DIFFER';
