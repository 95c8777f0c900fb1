import { readdir } from 'node:fs/promises';
import { NisusError } from '../../base/error.ts';
import { DatasetDamagedError, DatasetForeignError, DatasetMissingError } from './dataset-errors.ts';
import { readManifest } from './dataset-manifest.ts';

const OUR_DATA = /^data-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OUR_PARTIAL = /^manifest\.json\.[0-9a-f-]{36}\.partial$/;

/** Whether an entry of a data set's folder is a folder of data or a half-written manifest of ours, going by its name. */
export function isLeftover(name: string): boolean {
  return OUR_DATA.test(name) || OUR_PARTIAL.test(name);
}

/**
 * What stands in the way of a data set in a folder that is there; null where it is empty, holds a data set (of another
 * version or damaged too) or only what imports that were killed left behind. Other files beside a data set are no
 * hindrance: a data set's own files have names of their own.
 */
export async function whatElseIsIn(folder: string): Promise<string | null> {
  const names = (await readdir(folder)).sort();
  const others = names.filter((name) => !isLeftover(name));
  if (others.length === 0) return null;
  try {
    await readManifest(folder);
    return null;
  } catch (error) {
    if (!(error instanceof NisusError)) throw error;
    if (error instanceof DatasetForeignError) return error.message;
    // A manifest that is not whole is ours only where data of ours lies beside it.
    const isOurs = names.some((name) => OUR_DATA.test(name));
    if (error instanceof DatasetMissingError || (error instanceof DatasetDamagedError && !isOurs)) {
      const shown = others.slice(0, 3).map((name) => JSON.stringify(name));
      return `it is not empty and holds no data set (found ${shown.join(', ')}${others.length > 3 ? ', …' : ''})`;
    }
    return null;
  }
}
