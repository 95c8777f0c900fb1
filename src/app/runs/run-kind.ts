import { readFile } from 'node:fs/promises';
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
