import type { FeatureView } from '../../data/features/feature-declaration.ts';
import { explainFeature, type FeatureExplanation } from '../../data/features/explain-feature.ts';
import { openPlatformLog } from '../events/open-platform-log.ts';
import type { PlatformFolder } from '../platform/platform-folder.ts';

/** What {@link explainPlatform} found. */
export interface PlatformExplanation extends FeatureExplanation {
  readonly view: string;
  readonly feature: string;
  readonly key: string;
  readonly atMs: number;
  /** Events of the log that were looked at, at most. */
  readonly eventsMax: number;
}

/**
 * Explains a value from a platform's log, whether or not its features were built.
 *
 * @param options.atMs null: just after the last event of the log
 * @throws `PlatformMissingError`
 */
export async function explainPlatform(
  platform: PlatformFolder,
  view: FeatureView,
  options: { readonly feature: string; readonly key: string; readonly atMs: number | null; readonly eventsMax: number },
): Promise<PlatformExplanation> {
  const log = await openPlatformLog(platform);
  try {
    const atMs = options.atMs ?? ((await log.statistics()).lastReceivedTimeMs ?? -1) + 1;
    const { feature, key, eventsMax } = options;
    return { view: view.name, feature, key, atMs, eventsMax, ...(await explainFeature(view, log, { feature, key, atMs, eventsMax })) };
  } finally {
    await log.close();
  }
}
