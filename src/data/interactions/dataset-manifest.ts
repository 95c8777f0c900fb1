import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DatasetDamagedError, DatasetForeignError, DatasetMissingError, DatasetVersionError } from './dataset-errors.ts';

/** Version of the folder's layout; a reader refuses any other. */
export const DATASET_FORMAT_VERSION = 1;

/** Marks a manifest as ours. */
export const DATASET_KIND = 'nisus-interactions';

const count = z.int().min(0);

const manifestSchema = z.object({
  kind: z.literal(DATASET_KIND),
  formatVersion: z.literal(DATASET_FORMAT_VERSION),
  name: z.string(),
  /** SHA-256 over interactions and ids, as `InteractionDataset.fingerprint`. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** Folder, inside the data set's, that holds the files. */
  data: z.string().regex(/^data-[0-9a-f-]+$/),
  /** Bytes of each file. */
  files: z.record(z.string(), count),
  counts: z.object({ users: count, items: count, interactions: count }),
  /** What orders a user's interactions: `time`, `position` or `file`. */
  order: z.string(),
  /** Earliest and latest time, milliseconds since the epoch; null without times, and in manifests of older versions. */
  firstTimeMs: z.number().nullable().default(null),
  lastTimeMs: z.number().nullable().default(null),
  /** How the data set came to be; null where it was not imported. */
  source: z
    .object({
      path: z.string(),
      bytes: count,
      format: z.string(),
      columns: z.record(z.string(), z.string()),
      timeUnit: z.string().nullable(),
      titles: z.string().nullable(),
      rowsRead: count,
      filtered: z.object({ event: count, value: count, core: count }),
      rejects: z.object({ total: count, written: count, byReason: z.record(z.string(), count) }),
      options: z.record(z.string(), z.unknown()),
    })
    .nullable(),
  /** When it was written, milliseconds since the epoch. */
  writtenAtMs: z.number(),
});

/** `manifest.json` of a data set. */
export type DatasetManifest = z.infer<typeof manifestSchema>;

/** What an import records of its source. */
export type DatasetSource = NonNullable<DatasetManifest['source']>;

/**
 * Reads and checks a data set's manifest.
 *
 * @throws {DatasetMissingError}, {@link DatasetForeignError}, {@link DatasetVersionError}, {@link DatasetDamagedError}
 */
export async function readManifest(folder: string): Promise<DatasetManifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    throw new DatasetMissingError(folder, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DatasetDamagedError(folder, 'manifest.json is not JSON', cause);
  }
  const head = z.object({ kind: z.unknown(), formatVersion: z.unknown() }).safeParse(json);
  if (head.data?.kind !== DATASET_KIND) throw new DatasetForeignError(folder, head.data?.kind, DATASET_KIND);
  if (head.data.formatVersion !== DATASET_FORMAT_VERSION) {
    throw new DatasetVersionError(folder, head.data.formatVersion, DATASET_FORMAT_VERSION);
  }
  const manifest = manifestSchema.safeParse(json);
  if (!manifest.success) {
    throw new DatasetDamagedError(folder, `manifest.json: ${z.prettifyError(manifest.error)}`, manifest.error);
  }
  return manifest.data;
}
