import type { TextOption } from './whole-numbers.ts';

/**
 * Reads numbers with fractions out of what `parseArgs` gives, from 0 on where nothing else is said.
 *
 * @throws Error that names the option, what it is and what was expected
 */
export function decimalNumbers<Options extends object>(
  options: Options,
): (name: TextOption<Options>, least?: number, most?: number) => number {
  return (name, least = 0, most = Infinity) => {
    const given = options[name] as string;
    const value = given.trim() === '' ? NaN : Number(given);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} is ${given}, expected a number from ${least}${most === Infinity ? '' : ` to ${most}`}`);
  };
}
