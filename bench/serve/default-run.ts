import type { ServingData } from '../../src/app/server/serving-data.ts';

/**
 * The folder of the run that the benchmark serves where none is named: the default HSTU over ml-1m, trained first if it
 * is not there.
 */
export function defaultRun(): Promise<string> {
  return Promise.reject(new Error('no default run yet: name a trained run with --run FOLDER, or try the stand-in with --stub'));
}

/** The data set that a run was trained on. */
export function readRunData(folder: string): Promise<ServingData> {
  return Promise.reject(new Error(`reading the data set of a run is not wired yet (${folder}); use --stub`));
}
