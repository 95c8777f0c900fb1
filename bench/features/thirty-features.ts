import type { FeatureDefinition, FeatureView } from '../../src/data/features/feature-declaration.ts';
import { platformFeatures } from '../../src/data/features/platform-features.ts';

/** Thirty of the platform's features: all eight entities, all eleven kinds. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  user: [
    'recent_subjects',
    'recent_times',
    'seen_1d',
    'click_rate_7d',
    'engaged_fading',
    'since_last_event',
    'top_tags_7d',
    'dwell_median_7d',
  ],
  subject: ['seen_1h', 'clicks_1d', 'click_rate_1d', 'click_rate', 'clicks_fading', 'dwell_ms_1d', 'users_7d', 'since_last_click'],
  author: ['click_rate_7d', 'follows_30d', 'users_7d'],
  instrument: ['return_1h', 'volatility_1d', 'volume_surge_1h', 'clicks_1h'],
  tag: ['clicks_1h', 'top_instruments_7d'],
  user_tag: ['engaged_fading', 'click_rate'],
  user_author: ['engaged_fading'],
  place: ['seen_7d', 'click_rate_7d'],
};

/** Views of the {@link NAMES}. */
export const thirtyFeatures: readonly FeatureView[] = platformFeatures.map((view) => {
  const declared: Readonly<Record<string, FeatureDefinition>> = view.features;
  return { ...view, features: Object.fromEntries(NAMES[view.name]!.map((name) => [name, declared[name]!])) };
});
