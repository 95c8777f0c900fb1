import { readManifest } from '../../data/interactions/dataset-manifest.ts';
import type { InteractionDataset } from '../../data/interactions/interaction-dataset.ts';
import { openDataset } from '../../data/interactions/open-dataset.ts';
import { RunDataChangedError, RunDataMissingError, RunUnfinishedError } from './run-errors.ts';
import { dataFolderOf, readRunRecord, type RunRecord } from './run-record.ts';

/**
 * The record of a run that can be evaluated and served.
 *
 * @throws {RunUnfinishedError}; `RunMissingError`, `RunDamagedError`
 */
export async function readFinishedRun(folder: string): Promise<RunRecord> {
  const record = await readRunRecord(folder);
  if (record.state !== 'finished') throw new RunUnfinishedError(folder);
  return record;
}

/**
 * The data set that a run was trained on, from its own place or another.
 *
 * @throws {RunDataMissingError}, {@link RunDataChangedError}; `DatasetDamagedError`
 */
export async function openRunDataset(folder: string, record: RunRecord, dataFolder: string | null = null): Promise<InteractionDataset> {
  const place = dataFolder ?? dataFolderOf(folder, record);
  const manifest = await readManifest(place).catch((cause: unknown) => {
    throw new RunDataMissingError(folder, place, cause);
  });
  if (manifest.fingerprint !== record.data.fingerprint) {
    throw new RunDataChangedError(folder, place, record.data.fingerprint, manifest.fingerprint);
  }
  return openDataset(place);
}
