import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { WorldOtherError, WorldRecordError, type WorldChoice } from './world-errors.ts';

const recordSchema = z.object({
  kind: z.literal('nisus-world'),
  formatVersion: z.literal(1),
  preset: z.enum(['tiny', 'demo', 'large']),
  seed: z.int(),
  /** The `WORLD_VERSION` that lived the history. */
  worldVersion: z.int().default(1),
  /** First moment of the world, and the end of its history: from there on it lives against a server. */
  startMs: z.int(),
  historyEndMs: z.int(),
  /** `history` until the whole history is in the log, `ready` once features and data set are made as well. */
  state: z.enum(['history', 'ready']),
  /** Events of the history in the log. */
  events: z.int(),
});

/** `world.json` in a platform's folder: which world this platform is of. */
export type WorldRecord = z.infer<typeof recordSchema>;

/** Writes the record, whole or not at all. */
export async function writeWorldRecord(folder: string, record: WorldRecord): Promise<void> {
  await writeFileAtomically(recordPath(folder), [`${JSON.stringify(record, null, 2)}\n`]);
}

/**
 * The record of a platform's folder; null where there is none.
 *
 * @throws {WorldRecordError} where it is not what was written
 */
export async function findWorldRecord(folder: string): Promise<WorldRecord | null> {
  const text = await readFile(recordPath(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new WorldRecordError(recordPath(folder), cause);
  }
}

/**
 * The record of a platform's folder, if it is of the world that is asked for; null where there is none.
 *
 * @throws {WorldRecordError}, {WorldOtherError}
 */
export async function findWorld(folder: string, choice: WorldChoice): Promise<WorldRecord | null> {
  const found = await findWorldRecord(folder);
  if (found !== null && (found.preset !== choice.preset || found.seed !== choice.seed)) throw new WorldOtherError(folder, found, choice);
  return found;
}

function recordPath(folder: string): string {
  return path.join(folder, 'world.json');
}
