import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FeatureStore } from '../../data/features/store/feature-store.ts';
import { openLmdbFeatureStore } from '../../data/features/store/open-lmdb-feature-store.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';

/** Opens a platform's store of features for reading, beside whoever streams; null where nothing was built. */
export function openPlatformStore(platform: PlatformFolder): FeatureStore | null {
  if (!existsSync(path.join(platform.features, 'data.mdb'))) return null;
  return openLmdbFeatureStore(platform.features, { readOnly: true });
}
