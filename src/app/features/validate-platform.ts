import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { validateFeatures, type FeatureValidation } from '../../data/features/validate-features.ts';
import { openPlatformLog } from '../events/open-platform-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';
import type { WorkContext } from '../work-context.ts';

/** Holds a declaration against a platform's log. @throws `PlatformMissingError`, `FeatureDeclarationError`; the interruption */
export async function validatePlatform(
  platform: PlatformFolder,
  views: readonly FeatureView[],
  eventsMax: number,
  { signal }: WorkContext,
): Promise<FeatureValidation> {
  const log = await openPlatformLog(platform);
  try {
    const validation = await validateFeatures(views, log, { eventsMax, signal });
    signal.throwIfAborted();
    return validation;
  } finally {
    await log.close();
  }
}
