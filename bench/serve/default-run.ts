import { openRunDataset, readFinishedRun } from '../../src/app/runs/open-run.ts';
import type { ServingData } from '../../src/app/server/serving-data.ts';
import { realData, trainQualityRun } from '../quality/quality-run.ts';

/**
 * The folder of the run that the benchmark serves where none is named: the default HSTU over ml-1m, that of the gate
 * `ml1m-quality`; trained first (some tens of minutes) where this code has not trained it.
 */
export async function defaultRun(): Promise<string> {
  const { folder } = await trainQualityRun(realData('ml-1m'), 'hstu', []);
  return folder;
}

/** The data set that a run was trained on. */
export async function readRunData(folder: string): Promise<ServingData> {
  return openRunDataset(folder, await readFinishedRun(folder));
}
