import { z } from 'zod';

/** The version of the records that this room writes; it reads no other. */
export const CALIBRATOR_FORMAT = 'nisus-calibrator';
export const CALIBRATOR_VERSION = 1;

/** What every calibrator's record begins with. */
export const calibratorHeader = {
  format: z.literal(CALIBRATOR_FORMAT),
  formatVersion: z.literal(CALIBRATOR_VERSION),
  /** Of what kind the scores are that it takes. */
  input: z.enum(['probability', 'logit']),
};

/** The header of a new record. */
export function headerOf<Input extends 'probability' | 'logit'>(input: Input) {
  return { format: CALIBRATOR_FORMAT, formatVersion: CALIBRATOR_VERSION, input } as const;
}
