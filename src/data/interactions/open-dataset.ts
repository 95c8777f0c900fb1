import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NisusError } from '../../base/error.ts';
import { readSafetensors } from '../../base/safetensors.ts';
import { DatasetDamagedError } from './dataset-errors.ts';
import { fingerprintInteractions } from './dataset-fingerprint.ts';
import { readManifest, type DatasetManifest } from './dataset-manifest.ts';
import type { InteractionDataset } from './interaction-dataset.ts';
import { readTextList } from './text-list-file.ts';

/**
 * Opens a data set that an import wrote.
 *
 * Always checked: format version, presence and size of every file, counts, offsets ascending, item indices in range.
 * Memory: 4 bytes an interaction, 8 more with times, and the ids.
 *
 * @param options.verify Also compute the fingerprint again and compare (SHA-256 over everything). Default false.
 * @throws {DatasetMissingError}, {@link DatasetVersionError}, {@link DatasetDamagedError}
 */
export async function openDataset(folder: string, options: { readonly verify?: boolean } = {}): Promise<InteractionDataset> {
  let manifest = await readManifest(folder);
  for (;;) {
    try {
      return await read(folder, manifest, options.verify ?? false);
    } catch (error) {
      // An import may have put a new data set in place after the manifest was read: then the files moved, once.
      const current = await readManifest(folder);
      if (current.data === manifest.data) throw error;
      manifest = current;
    }
  }
}

async function read(folder: string, manifest: DatasetManifest, verify: boolean): Promise<InteractionDataset> {
  const inside = join(folder, manifest.data);
  const damaged = (problem: string, cause?: unknown) => new DatasetDamagedError(folder, problem, cause);
  for (const name of ['interactions.safetensors', 'users.json', 'items.json']) {
    if (!Object.hasOwn(manifest.files, name)) throw damaged(`manifest.json does not list ${name}`);
  }
  for (const [name, bytes] of Object.entries(manifest.files)) {
    const found = await stat(join(inside, name)).catch((cause: unknown) => {
      throw damaged(`${name} is missing`, cause);
    });
    if (found.size !== bytes) throw damaged(`${name} has ${found.size} bytes, the manifest says ${bytes}`);
  }
  const hasTitles = Object.hasOwn(manifest.files, 'titles.json');
  const [file, userIds, itemIds, itemTitles] = await Promise.all([
    readSafetensors(join(inside, 'interactions.safetensors')),
    readTextList(join(inside, 'users.json'), false),
    readTextList(join(inside, 'items.json'), false),
    hasTitles ? readTextList(join(inside, 'titles.json'), true) : null,
  ]).catch((cause: unknown) => {
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause instanceof NisusError ? cause : undefined);
  });
  const offsets = file.tensors.get('offsets');
  const items = file.tensors.get('items');
  const times = file.tensors.get('timesMs');
  if (offsets?.dtype !== 'I32' || items?.dtype !== 'I32' || (times !== undefined && times.dtype !== 'F64')) {
    throw damaged('interactions.safetensors lacks offsets (I32), items (I32) or has times that are not F64');
  }
  const { counts } = manifest;
  const expect = (what: string, found: number, expected: number) => {
    if (found !== expected) throw damaged(`${found} ${what}, expected ${expected}`);
  };
  expect('users', userIds.length, counts.users);
  expect('items', itemIds.length, counts.items);
  expect('interactions', items.data.length, counts.interactions);
  expect('offsets', offsets.data.length, counts.users + 1);
  if (times !== undefined) expect('times', times.data.length, counts.interactions);
  if (itemTitles !== null) expect('titles', itemTitles.length, counts.items);
  checkOffsets(offsets.data, counts.interactions, damaged);
  checkItems(items.data, counts.items, damaged);
  const arranged = { userIds, itemIds, offsets: offsets.data, items: items.data, timesMs: times?.data ?? null };
  if (verify) {
    const fingerprint = fingerprintInteractions(arranged);
    if (fingerprint !== manifest.fingerprint) {
      throw damaged(`its fingerprint is ${fingerprint}, the manifest says ${manifest.fingerprint}`);
    }
  }
  return {
    name: manifest.name,
    fingerprint: manifest.fingerprint,
    userCount: counts.users,
    itemCount: counts.items,
    ...arranged,
    ...(itemTitles === null ? {} : { itemTitles }),
  };
}

type Damaged = (problem: string) => DatasetDamagedError;

function checkOffsets(offsets: Int32Array, interactions: number, damaged: Damaged): void {
  if (offsets[0] !== 0 || offsets.at(-1) !== interactions) throw damaged('the offsets do not span the interactions');
  for (let user = 1; user < offsets.length; user++) {
    if (offsets[user]! < offsets[user - 1]!) throw damaged(`the offset of user ${user} is below that of the user before`);
  }
}

function checkItems(items: Int32Array, itemCount: number, damaged: Damaged): void {
  for (let row = 0; row < items.length; row++) {
    if (items[row]! < 0 || items[row]! >= itemCount) throw damaged(`row ${row} has item ${items[row]} of ${itemCount}`);
  }
}
