import { z } from 'zod';
import { DEFAULT_FEATURE_SETTINGS, type FeatureSettings } from '../feature-settings.ts';
import { FeatureSettingsError } from '../feature-errors.ts';

/** How engine A works. All but the first two change its speed and memory, never a value. */
export interface StreamSettings extends FeatureSettings {
  /** Records that no event touched for longer read as those of a key without events, and are swept. null: never. @default 400 days */
  readonly timeToLiveMs: number | null;
  /** Hot records kept in memory, over all views. A record of a user takes 1 to 4 KB, one of a pair 400 bytes. @default 200_000 */
  readonly cachedRecordsMax: number;
  /** Records that may differ from the store before a commit begins. @default 50_000 */
  readonly dirtyRecordsMax: number;
  /** Stored records that a flush looks at for ones that expired, so that sweeping never stands in the way. @default 500 */
  readonly sweptRecordsMax: number;
}

/** The {@link StreamSettings} where nothing else is said. */
export const DEFAULT_STREAM_SETTINGS: StreamSettings = {
  ...DEFAULT_FEATURE_SETTINGS,
  timeToLiveMs: 400 * 86_400_000,
  cachedRecordsMax: 200_000,
  dirtyRecordsMax: 50_000,
  sweptRecordsMax: 500,
};

const whole = (least: number) => z.int().min(least);
const schema = z.strictObject({
  allowedLatenessMs: whole(0),
  timeToLiveMs: whole(1).nullable(),
  cachedRecordsMax: whole(1),
  dirtyRecordsMax: whole(1),
  sweptRecordsMax: whole(0),
});

/** Fills in defaults and checks. @throws {FeatureSettingsError} naming the setting */
export function checkStreamSettings(settings: Partial<StreamSettings>): StreamSettings {
  const result = schema.safeParse({ ...DEFAULT_STREAM_SETTINGS, ...settings });
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new FeatureSettingsError(path.map(String).join('.'), message);
}
