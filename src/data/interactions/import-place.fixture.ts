import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { importInteractions, type ImportContext, type ImportReport } from './import-interactions.ts';
import type { ImportOptions } from './import-options.ts';
import { openDataset } from './open-dataset.ts';

/** A line of `rejects.jsonl`. */
export interface WrittenReject {
  readonly line: number;
  readonly reason: string;
  readonly detail: string;
  readonly raw: string;
}

/** A temporary folder in which tests import into one destination. */
export interface ImportPlace {
  readonly folder: string;
  readonly destination: string;
  /** Writes a source and gives its path. */
  put(name: string, content: string | Uint8Array): Promise<string>;
  importText(name: string, content: string | Uint8Array, options?: Partial<ImportOptions>): Promise<ImportReport>;
  /** The data set as rows: user, item, time. */
  rows(): Promise<(string | number | null)[][]>;
  rejects(): Promise<WrittenReject[]>;
  remove(): Promise<void>;
}

/** A new place. */
export async function createImportPlace(context: ImportContext): Promise<ImportPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'nisus-import-'));
  const destination = join(folder, 'dataset');
  const put = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  return {
    folder,
    destination,
    put,
    importText: async (name, content, options = {}) => importInteractions(await put(name, content), { destination, ...options }, context),
    async rows() {
      const { userCount, userIds, itemIds, offsets, items, timesMs } = await openDataset(destination, { verify: true });
      const all: (string | number | null)[][] = [];
      for (let user = 0; user < userCount; user++) {
        for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
          all.push([userIds[user]!, itemIds[items[at]!]!, timesMs?.[at] ?? null]);
        }
      }
      return all;
    },
    async rejects() {
      const text = await readFile(join(destination, 'rejects.jsonl'), 'utf8');
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as WrittenReject);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What a promise is rejected with; fails where it is not. */
export async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  return promise.then(
    () => expect.fail('expected an error'),
    (error: unknown) => error as { code: string; message: string },
  );
}
