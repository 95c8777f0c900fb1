import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { RunDamagedError } from './run-errors.ts';
import { runRecordPath } from './run-record.ts';

/** The kind that a folder's `run.json` says; null where there is none that can be read. */
export async function runKindOf(folder: string): Promise<string | null> {
  const text = await readFile(runRecordPath(folder), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'kind' in json && typeof json.kind === 'string' ? json.kind : null;
  } catch {
    return null;
  }
}

/**
 * The record of a folder; null where it holds no run, one of another kind, or a `run.json` that is no JSON.
 *
 * @throws {RunDamagedError} where it says the kind, and is not what the schema asks for
 */
export async function findRecordOfKind<Found>(folder: string, kind: string, schema: z.ZodType<Found>): Promise<Found | null> {
  if ((await runKindOf(folder)) !== kind) return null;
  const record = schema.safeParse(JSON.parse(await readFile(runRecordPath(folder), 'utf8')));
  if (!record.success) throw new RunDamagedError(folder, `run.json: ${z.prettifyError(record.error)}`, record.error);
  return record.data;
}
