import type { Logger } from '../../../base/logger.ts';
import { checkFeatureViews } from '../check-feature-view.ts';
import type { FeatureView } from '../feature-declaration.ts';
import type { FeatureStore } from '../store/feature-store.ts';
import { streamOver, type FeatureStream } from './feature-stream.ts';
import { openViews } from './open-views.ts';
import { checkStreamSettings, type StreamSettings } from './stream-settings.ts';

/** What {@link createFeatureStream} needs. */
export interface FeatureStreamOptions {
  /** The views to keep up to date. */
  readonly views: readonly FeatureView[];
  readonly store: FeatureStore;
  readonly settings?: Partial<StreamSettings>;
  readonly logger: Logger;
}

/**
 * Opens engine A on a store. A view whose name the store has never seen begins at the start of the log where the store
 * is empty; in a store with views it waits for a backfill, and so does a changed one: the old one goes on meanwhile.
 *
 * @throws {FeatureDeclarationError} {@link FeatureSettingsError}
 */
export async function createFeatureStream({ views, store, settings: given = {}, logger }: FeatureStreamOptions): Promise<FeatureStream> {
  checkFeatureViews(views);
  const settings = checkStreamSettings(given);
  const open = await openViews({ views, store, settings, logger });
  return streamOver({ open, store, settings, logger });
}
