/** A setting that two configs have differently, named as a path: `optimizer.learningRate`. */
export interface ConfigDifference {
  readonly name: string;
  readonly begun: unknown;
  readonly asked: unknown;
}

/** The settings in which two configs differ, in the order of the first, then what only the second has. */
export function configDifferences(begun: unknown, asked: unknown, name = 'config'): ConfigDifference[] {
  if (!isRecord(begun) || !isRecord(asked)) return JSON.stringify(begun) === JSON.stringify(asked) ? [] : [{ name, begun, asked }];
  return [...new Set([...Object.keys(begun), ...Object.keys(asked)])].flatMap((key) =>
    configDifferences(begun[key], asked[key], name === 'config' ? key : `${name}.${key}`),
  );
}

/** `epochs: 6 → 9, model.dimension: 48 → 64`. */
export function describeDifferences(differences: readonly ConfigDifference[]): string {
  return differences.map(({ name, begun, asked }) => `${name}: ${show(begun)} → ${show(asked)}`).join(', ');
}

function show(value: unknown): string {
  return value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
