import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { NisusError } from '../../base/error.ts';
import { readManifest, type DatasetManifest } from '../../data/interactions/dataset-manifest.ts';
import type { DataShape } from '../presets.ts';
import { readVersion } from '../version.ts';
import type { WorkContext } from '../work-context.ts';
import { folderNameOf, sourceBaseName } from './dataset-name.ts';

/** A data set on disk. */
export interface FoundDataset {
  readonly folder: string;
  readonly manifest: DatasetManifest;
  /** How it came to be there. */
  readonly how: 'given' | 'cached' | 'imported' | 'generated' | 'lived' | 'living';
}

/** Seed of the embedded data set. */
const GENERATED_SEED = 7;

/**
 * The data set for what a person names: a data set's folder as it is; any supported file or folder imported, once,
 * until its path, size or time of change is another; nothing, or the word `generated` where no such file exists, for the
 * embedded generated data set.
 *
 * Reads only the manifest where the data set is there already.
 *
 * @throws what {@link importSource} and opening a data set throw
 */
export async function findDataset(source: string | null, context: WorkContext): Promise<FoundDataset> {
  if (source === null || (source === 'generated' && !existsSync(source))) return findGenerated(context);
  const given = await manifestIn(source);
  if (given !== null) return { folder: path.resolve(source), manifest: given, how: 'given' };
  const folder = path.join(context.home, 'data', `${folderNameOf(sourceBaseName(source))}-${await sourceKey(source)}`);
  const cached = await manifestIn(folder);
  if (cached !== null) return { folder, manifest: cached, how: 'cached' };
  const { importSource } = await import('./import-source.ts');
  const { manifest } = await importSource(source, { destination: folder }, context);
  return { folder, manifest, how: 'imported' };
}

/** What presets are chosen by, told from the manifest alone. */
export function shapeOf({ counts, order, source, name }: DatasetManifest): DataShape {
  return {
    users: counts.users,
    items: counts.items,
    meanHistory: counts.interactions / Math.max(1, counts.users),
    hasTimes: order === 'time',
    isGenerated: source === null && name === 'generated',
    isWorld: source === null && name.startsWith('world-'),
  };
}

async function findGenerated(context: WorkContext): Promise<FoundDataset> {
  // Another version may generate other data.
  const folder = path.join(context.home, 'data', `generated-${GENERATED_SEED}-${readVersion()}`);
  const there = await manifestIn(folder);
  if (there !== null) return { folder, manifest: there, how: 'cached' };
  const { writeGeneratedDataset } = await import('../../data/interactions/generated-dataset.ts');
  await writeGeneratedDataset(folder, { seed: GENERATED_SEED }, { clock: context.clock });
  return { folder, manifest: await readManifest(folder), how: 'generated' };
}

/** The manifest of a data set in a folder; null where there is none, or it is not whole or not ours. */
async function manifestIn(folder: string): Promise<DatasetManifest | null> {
  try {
    return await readManifest(folder);
  } catch (error) {
    if (error instanceof NisusError) return null;
    throw error;
  }
}

/** Names a source by its path and, of each of its files, name, size and time of change. */
async function sourceKey(source: string): Promise<string> {
  const root = path.resolve(source);
  const hash = createHash('sha256').update(root);
  const facts = await stat(root).catch(() => null);
  const names = facts?.isDirectory() === true ? (await readdir(root)).sort() : [''];
  for (const name of names) {
    const file = await stat(path.join(root, name)).catch(() => null);
    if (file?.isFile() === true) hash.update(`\n${name} ${file.size} ${file.mtimeMs}`);
  }
  return hash.digest('hex').slice(0, 8);
}
