import type { EventLogStatistics } from '../../data/events/event-log.ts';
import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { hasLog, openPlatformLog } from '../events/open-platform-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import { openPlatformStore } from './platform-store.ts';
import { viewStates, type ViewState } from './view-states.ts';

/**
 * How declared views stand on a platform.
 *
 * @param required whether the platform must be there; if not, a missing one has a null log and nothing built
 * @throws `PlatformMissingError`
 */
export async function listPlatform(
  platform: PlatformFolder,
  views: readonly FeatureView[],
  required: boolean,
): Promise<{ readonly states: readonly ViewState[]; readonly log: EventLogStatistics | null }> {
  if (!required && !hasLog(platform)) return { states: await viewStates(views, null), log: null };
  const log = await openPlatformLog(platform);
  try {
    const store = openPlatformStore(platform);
    try {
      return { states: await viewStates(views, store), log: await log.statistics() };
    } finally {
      await store?.close();
    }
  } finally {
    await log.close();
  }
}
