import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { NisusError } from '../../../../base/error.ts';
import { fittedActionsSchema } from '../../../actions/fit-actions.ts';
import { rankerConfigSchema } from '../ranker-config.ts';

const count = z.int().min(0);
const names = z.array(z.string());

/** What stands beside the graphs of a served ranker: how to feed them, and where they come from. */
export const rankerManifestSchema = z.looseObject({
  format: z.literal('nisus-served-ranker'),
  formatVersion: z.literal(1),
  name: z.string(),
  model: rankerConfigSchema,
  /** Sizes that the parameters were made for. */
  vocabulary: z.strictObject({
    actions: count,
    domains: count,
    domainOfAction: z.array(count),
    surfaces: count,
    kinds: count,
    embeddingDimension: z.int().min(1).nullable(),
  }),
  /** The names behind the codes that the ranker is fed. */
  names: z.strictObject({ actions: names, domains: names, surfaces: names, kinds: names }),
  tasks: names.min(1),
  fitted: fittedActionsSchema,
  parts: z.array(z.strictObject({ layer: z.string(), tasks: names })).min(1),
  /** SHA-256 of every other file of the folder, hex. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

/** See {@link rankerManifestSchema}. */
export type RankerManifest = z.infer<typeof rankerManifestSchema>;

const rowsByKey = z
  .strictObject({ keys: names, rows: z.array(count) })
  .refine(({ keys, rows }) => keys.length === rows.length, { error: 'keys and rows differ in number' });

/** Rows of the id tables of what training knew, by key: `known-ids.json`. */
export const knownIdsSchema = z.strictObject({ subjects: rowsByKey, authors: rowsByKey });

/** See {@link knownIdsSchema}. */
export type KnownIds = z.infer<typeof knownIdsSchema>;

/** Thrown when a folder holds no served ranker, or one that this version cannot read. */
export class ServedRankerError extends NisusError {
  constructor(folder: string, problem: string, cause?: unknown) {
    super('SERVED_RANKER', `no served ranker in ${folder}: ${problem}; export one from a trained run`, { fields: { folder }, cause });
  }
}

/** SHA-256, hex. */
export function fingerprint(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws {ServedRankerError} */
export async function readRankerManifest(folder: string): Promise<RankerManifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    throw new ServedRankerError(folder, 'manifest.json cannot be read', cause);
  });
  return parsed(folder, 'manifest.json', text, rankerManifestSchema);
}

/** The ids of a folder. @throws {ServedRankerError} */
export async function readKnownIds(folder: string, manifest: RankerManifest): Promise<KnownIds> {
  const bytes = await readChecked(folder, manifest, 'known-ids.json');
  return parsed(folder, 'known-ids.json', bytes.toString('utf8'), knownIdsSchema);
}

/** A file of the folder, as the manifest knows it. @throws {ServedRankerError} */
export async function readChecked(folder: string, { files }: RankerManifest, name: string): Promise<Buffer> {
  const bytes = await readFile(join(folder, name)).catch((cause: unknown) => {
    throw new ServedRankerError(folder, `${name} cannot be read`, cause);
  });
  if (fingerprint(bytes) !== files[name])
    throw new ServedRankerError(folder, `${name} is damaged: its SHA-256 is not that of manifest.json`);
  return bytes;
}

function parsed<Value>(folder: string, name: string, text: string, schema: z.ZodType<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ServedRankerError(folder, `${name} is not JSON`, cause);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw new ServedRankerError(folder, `${name}: ${z.prettifyError(result.error)}`, result.error);
  return result.data;
}
