import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { writeSafetensors, type SafetensorsTensor } from '../../base/safetensors.ts';
import type { ArrangedInteractions } from './arrange-interactions.ts';
import { isLeftover, whatElseIsIn } from './dataset-destination.ts';
import { DatasetDestinationError } from './dataset-errors.ts';
import { fingerprintInteractions } from './dataset-fingerprint.ts';
import { DATASET_FORMAT_VERSION, DATASET_KIND, type DatasetManifest, type DatasetSource } from './dataset-manifest.ts';
import { writeTextList } from './text-list-file.ts';

/** A data set in the making: a folder inside the destination that no manifest names yet. */
export interface DatasetDraft {
  readonly destination: string;
  /** Name of the draft's folder inside the destination. */
  readonly data: string;
  /** Path of the draft's folder; files put here become part of the data set. */
  readonly folder: string;
}

/** Where a draft's reject file is put; committed as `rejects.jsonl` beside the manifest. */
export const REJECTS_FILE = 'rejects.jsonl';

/**
 * Makes room for a data set without touching the one that is there.
 *
 * @throws {DatasetDestinationError} where the folder cannot be made, or holds something else than a data set.
 */
export async function beginDataset(destination: string): Promise<DatasetDraft> {
  const data = `data-${randomUUID()}`;
  const folder = join(destination, data);
  try {
    await makeFolders(destination);
    const problem = await whatElseIsIn(destination);
    if (problem !== null) throw new DatasetDestinationError(destination, problem);
    await mkdir(folder);
  } catch (error) {
    if (error instanceof DatasetDestinationError) throw error;
    throw new DatasetDestinationError(destination, error instanceof Error ? error.message : String(error), error);
  }
  return { destination, data, folder };
}

/** Throws a draft away. */
export async function abandonDataset(draft: DatasetDraft): Promise<void> {
  await rm(draft.folder, { recursive: true, force: true });
}

/**
 * Writes a draft's files, then the manifest that makes them the data set. The manifest's rename is the one moment of
 * change: killed before it, the old data set stands; after it, the new one. What no manifest names (the old data,
 * drafts of killed imports) is then removed, so one destination takes one import at a time.
 */
export async function commitDataset(
  draft: DatasetDraft,
  content: {
    readonly name: string;
    readonly interactions: ArrangedInteractions;
    readonly itemTitles: readonly (string | null)[] | null;
    readonly order: string;
    readonly source: DatasetSource | null;
  },
  clock: Clock,
): Promise<DatasetManifest> {
  const { userIds, itemIds, offsets, items, timesMs } = content.interactions;
  const fingerprint = fingerprintInteractions(content.interactions);
  const tensors: Record<string, SafetensorsTensor> = {
    offsets: { dtype: 'I32', shape: [offsets.length], data: offsets },
    items: { dtype: 'I32', shape: [items.length], data: items },
  };
  if (timesMs !== null) tensors['timesMs'] = { dtype: 'F64', shape: [timesMs.length], data: timesMs };
  await writeSafetensors(join(draft.folder, 'interactions.safetensors'), tensors, { fingerprint });
  await writeTextList(join(draft.folder, 'users.json'), userIds);
  await writeTextList(join(draft.folder, 'items.json'), itemIds);
  if (content.itemTitles !== null) await writeTextList(join(draft.folder, 'titles.json'), content.itemTitles);

  const files: Record<string, number> = {};
  let hasRejects = false;
  for (const entry of (await readdir(draft.folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) await rm(join(draft.folder, entry.name), { recursive: true });
    else if (entry.name === REJECTS_FILE) hasRejects = true;
    else files[entry.name] = (await stat(join(draft.folder, entry.name))).size;
  }
  const manifest: DatasetManifest = {
    kind: DATASET_KIND,
    formatVersion: DATASET_FORMAT_VERSION,
    name: content.name,
    fingerprint,
    data: draft.data,
    files,
    counts: { users: userIds.length, items: itemIds.length, interactions: items.length },
    order: content.order,
    ...timeSpan(timesMs),
    source: content.source,
    writtenAtMs: clock.nowMs(),
  };
  await syncFolder(draft.folder);
  await writeFileAtomically(join(draft.destination, 'manifest.json'), [`${JSON.stringify(manifest, null, 2)}\n`]);

  const rejects = join(draft.destination, REJECTS_FILE);
  if (hasRejects) await rename(join(draft.folder, REJECTS_FILE), rejects);
  else await rm(rejects, { force: true });
  await removeLeftovers(draft);
  return manifest;
}

function timeSpan(timesMs: Float64Array | null): Pick<DatasetManifest, 'firstTimeMs' | 'lastTimeMs'> {
  if (timesMs === null || timesMs.length === 0) return { firstTimeMs: null, lastTimeMs: null };
  let first = timesMs[0]!;
  let last = first;
  for (let row = 1; row < timesMs.length; row++) {
    const time = timesMs[row]!;
    if (time < first) first = time;
    else if (time > last) last = time;
  }
  return { firstTimeMs: first, lastTimeMs: last };
}

async function removeLeftovers(draft: DatasetDraft): Promise<void> {
  for (const name of await readdir(draft.destination)) {
    if (name !== draft.data && isLeftover(name)) await rm(join(draft.destination, name), { recursive: true, force: true });
  }
}
