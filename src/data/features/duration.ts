import { FeatureDeclarationError } from './feature-errors.ts';

/** A length of time as text: `90s`, `5m`, `1h`, `7d`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd'}`;

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a {@link Duration}. @throws {FeatureDeclarationError} unless a whole positive number of seconds, minutes, hours or days */
export function durationMs(duration: Duration): number {
  const match = /^([1-9]\d*)([smhd])$/.exec(duration);
  if (match === null) {
    throw new FeatureDeclarationError(`Duration is "${duration}"; expected a whole number with s, m, h or d, such as 5m or 7d.`, {
      duration,
    });
  }
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}
