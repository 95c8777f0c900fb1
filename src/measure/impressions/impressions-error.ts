import { NisusError } from '../../base/error.ts';

/**
 * Thrown when scored impressions are not what they must be.
 *
 * - `IMPRESSIONS_INVALID`: columns that do not fit together, or hold what is no such value
 * - `IMPRESSIONS_MISSING`: there is no such file, or it cannot be read
 * - `IMPRESSIONS_FILE`: the file is damaged, of another version, or no such file at all
 * - `IMPRESSIONS_DIFFER`: two models were asked other impressions, so that they cannot be compared
 */
export class ImpressionsError extends NisusError {
  constructor(code: ImpressionsErrorCode, message: string, fields: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, { fields, cause });
  }
}

/** See {@link ImpressionsError}. */
export type ImpressionsErrorCode = 'IMPRESSIONS_INVALID' | 'IMPRESSIONS_MISSING' | 'IMPRESSIONS_FILE' | 'IMPRESSIONS_DIFFER';

/** The error of columns that cannot be used. */
export function invalid(message: string, fields: Record<string, unknown> = {}): ImpressionsError {
  return new ImpressionsError('IMPRESSIONS_INVALID', `scored impressions: ${message}`, fields);
}
