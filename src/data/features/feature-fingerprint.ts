import { createHash } from 'node:crypto';
import type { FeatureDefinition, FeatureView } from './feature-declaration.ts';

/**
 * Stable name of what a view means: 16 hex digits over its declaration. Equal for declarations that differ only in the
 * order of features, of fields, or of the values in a filter; different for any other change, of names too.
 */
export function featureFingerprint(view: FeatureView): string {
  return digest(view);
}

/** As {@link featureFingerprint}, of one feature's definition: whatever its name and view. */
export function definitionFingerprint(definition: FeatureDefinition): string {
  return digest(definition);
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(canonical))].sort().join(',')}]`; // All lists of a declaration are sets.
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${entries
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`)
    .sort()
    .join(',')}}`;
}
