import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { rulesNamed } from './eligibility.ts';
import type { FeatureDraft } from './feature-draft.ts';
import { SERVICE_FEATURES } from './service-features.ts';
import { TRADING_FEATURES } from './trading-features.ts';

/** Something the platform lets users do. */
export interface PlatformFeature extends FeatureDraft {
  /** Place in {@link PLATFORM_FEATURES}, and bit of `People.adopted`. */
  readonly index: number;
  readonly rules: readonly EligibilityRule[];
}

/** What the platform offers, in order of the bits of `People.adopted`; at most 32. */
export const PLATFORM_FEATURES: readonly PlatformFeature[] = [...TRADING_FEATURES, ...SERVICE_FEATURES].map((feature, index) => ({
  ...feature,
  index,
  rules: rulesNamed(feature.ruleNames),
}));

const INDEX_BY_ID = new Map(PLATFORM_FEATURES.map(({ id, index }) => [id, index]));

/** Bits of `People.adopted` that must be set before feature `f` can be adopted. */
export const NEEDED_BITS: Uint32Array = Uint32Array.from(PLATFORM_FEATURES, ({ needs }) =>
  needs.reduce((bits, id) => bits | (1 << INDEX_BY_ID.get(id)!), 0),
);

/** The index of a feature, or undefined. */
export function featureIndexOf(id: string): number | undefined {
  return INDEX_BY_ID.get(id);
}

/** A feature as a subject of the catalog. */
export function featureRecord(feature: PlatformFeature, createdMs: number): SubjectRecord {
  return {
    kind: 'feature',
    id: feature.id,
    title: `${feature.nameEn} · ${feature.nameZh}`,
    text: feature.text,
    language: 'en',
    tags: [feature.topic, feature.lesson ? 'lesson' : feature.trading ? 'trading' : 'service'],
    instruments: [],
    authorId: null,
    createdMs,
    lifecycle: 'live',
    attributes: { nameZh: feature.nameZh, prerequisites: feature.needs.join(' ') },
    eligibilityRules: feature.ruleNames,
  };
}
