import path from 'node:path';

/**
 * Where one platform's data lies: what happened, what exists, what is known of it. Made by `nisus start` for the world,
 * by `nisus events import` for a log of your own.
 */
export interface PlatformFolder {
  readonly folder: string;
  /** The event log (`openEventLog`). */
  readonly log: string;
  /** The store of features (`openLmdbFeatureStore`). */
  readonly features: string;
  /** The catalog (`openCatalog`). */
  readonly catalog: string;
  /** The data set for sequence models made of the log. */
  readonly dataset: string;
}

/** The places inside a platform's folder. */
export function platformFolder(folder: string): PlatformFolder {
  const root = path.resolve(folder);
  return {
    folder: root,
    log: path.join(root, 'log'),
    features: path.join(root, 'features'),
    catalog: path.join(root, 'catalog'),
    dataset: path.join(root, 'dataset'),
  };
}

/** Seed and preset of the world that `nisus start` makes unless told otherwise. */
export const DEFAULT_WORLD = { preset: 'demo', seed: 7 } as const;

/** Folder of a world's platform under NISUS_HOME. */
export function worldFolder(home: string, preset: string, seed: number): string {
  return path.join(home, 'platforms', `world-${preset}-${seed}`);
}
