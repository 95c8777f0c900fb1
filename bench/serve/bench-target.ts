import path from 'node:path';
import type { ServingData } from '../../src/app/server/serving-data.ts';
import { stubData } from './stub-data.ts';

/** What is put under load. */
export interface BenchTarget {
  /** As it stands in the protocol. */
  readonly name: string;
  /** Arguments of `node`; it prints `listening on http://…` and ends on SIGTERM. */
  readonly args: readonly string[];
  /** Where users and histories of the requests come from. */
  readonly data: ServingData;
}

/** The stand-in: the server with a model that costs what a trained one costs, and knows nothing. */
export function stubTarget(): BenchTarget {
  return {
    name: 'untrained HSTU (length 200, 64 dimensions, 2 blocks) over generated data of the shape of ml-1m',
    args: [path.join(import.meta.dirname, 'stub-server.ts')],
    data: stubData(),
  };
}

/**
 * A trained run, served by the command line as a user would.
 *
 * @param readData opens the data set that the run was trained on
 */
export async function runTarget(folder: string, readData: (folder: string) => Promise<ServingData>): Promise<BenchTarget> {
  const main = path.resolve(import.meta.dirname, '..', '..', 'src', 'app', 'cli', 'main.ts');
  return {
    name: `run ${path.basename(path.resolve(folder))}`,
    args: [main, 'serve', '--run', folder, '--port', '0'],
    data: await readData(folder),
  };
}
