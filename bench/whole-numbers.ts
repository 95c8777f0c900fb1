/** Names of the options that have a text whatever is given. */
export type TextOption<Options> = { [Name in keyof Options]: Options[Name] extends string ? Name : never }[keyof Options] & string;

/**
 * Reads whole numbers out of what `parseArgs` gives, from 1 on where nothing else is said.
 *
 * @throws Error that names the option, what it is and what was expected
 */
export function wholeNumbers<Options extends object>(
  options: Options,
): (name: TextOption<Options>, least?: number, most?: number) => number {
  return (name, least = 1, most = Infinity) => {
    const given = options[name] as string;
    const value = Number(given);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new Error(`--${name} is ${given}, expected an integer from ${least}${most === Infinity ? '' : ` to ${most}`}`);
  };
}
