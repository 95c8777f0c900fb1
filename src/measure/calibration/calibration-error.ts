import { NisusError } from '../../base/error.ts';

/**
 * Thrown when a calibrator or a measure is given what it cannot use.
 *
 * - `CALIBRATION_EXAMPLES`: scores, labels, weights or segments that do not fit together or hold what is no such value
 * - `CALIBRATION_OPTION`: an option out of its range
 * - `CALIBRATION_SCORE`: a score to be calibrated that is not of the record's kind
 * - `CALIBRATION_RECORD`: a record that is damaged, of another version or unknown
 */
export class CalibrationError extends NisusError {
  constructor(code: CalibrationErrorCode, message: string, fields: Record<string, unknown> = {}, cause?: unknown) {
    super(code, message, { fields, cause });
  }
}

/** See {@link CalibrationError}. */
export type CalibrationErrorCode = 'CALIBRATION_EXAMPLES' | 'CALIBRATION_OPTION' | 'CALIBRATION_SCORE' | 'CALIBRATION_RECORD';

/** The error of an option. */
export function optionError(option: string, value: unknown, expected: string): CalibrationError {
  return new CalibrationError('CALIBRATION_OPTION', `${option} is ${String(value)}: give ${expected}`, { option, value });
}
