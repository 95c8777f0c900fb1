import { describe, expect, expectTypeOf, test } from 'vitest';
import { checkFeatureView, checkFeatureViews } from './check-feature-view.ts';
import {
  all,
  count,
  decayed,
  distinct,
  featureView,
  last,
  priceReturn,
  quantile,
  ratio,
  sliding,
  sum,
  timeSince,
  top,
  tumbling,
  volatility,
  volumeSurge,
} from './declare.ts';
import type { FeatureDefinition, FeatureValues, FeatureView } from './feature-declaration.ts';
import { FeatureDeclarationError } from './feature-errors.ts';
import { featureFingerprint } from './feature-fingerprint.ts';
import { platformFeatures } from './platform-features.ts';

const view = (features: Record<string, FeatureDefinition>, entity: FeatureView['entity'] = 'user') => ({ name: 'v', entity, features });

describe('declaring features', () => {
  test('names and value types are known to the compiler', () => {
    const users = featureView({
      name: 'user',
      entity: 'user',
      features: {
        clicks: count({ where: { actions: ['click'] } }),
        rate: ratio({ numerator: { where: { actions: ['click'] } }, denominator: {} }),
        recent: last({ of: 'subject', count: 3 }),
      },
    });
    type Values = FeatureValues<typeof users>;
    expectTypeOf<keyof Values>().toEqualTypeOf<'clicks' | 'rate' | 'recent'>();
    expectTypeOf<Values['clicks']>().toEqualTypeOf<number>();
    expectTypeOf<Values['rate']>().toEqualTypeOf<number | null>();
    expectTypeOf<Values['recent']>().toEqualTypeOf<readonly string[]>();
    // @ts-expect-error there is no such feature
    expectTypeOf<Values['absent']>().toBeNever();
    // @ts-expect-error a misspelt action does not compile
    expect(() => featureView(view({ clicks: count({ where: { actions: ['clik'] } }) }))).toThrow(/clik/);
  });

  test('the platform declares at least 40 features over every entity', () => {
    expect(() => checkFeatureViews(platformFeatures)).not.toThrow();
    expect(new Set(platformFeatures.map((each) => each.entity)).size).toBe(8);
    const kinds = platformFeatures.flatMap((each) => Object.values<FeatureDefinition>(each.features).map((feature) => feature.kind));
    expect(kinds.length).toBeGreaterThanOrEqual(40);
    expect(new Set(kinds).size).toBe(11);
  });

  const week = sliding('7d', '1d');
  test.each<[string, FeatureView, RegExp]>([
    ['pane that does not divide', view({ f: count({ window: sliding('1h', '7m') }) }), /divisor of the length/],
    ['too many panes', view({ f: count({ window: sliding('30d', '5m') }) }), /panes is 8640; expected 1024/],
    ['too long a sequence', view({ f: last({ of: 'subject', count: 1001 }) }), /count is 1001/],
    ['half an event', view({ f: last({ of: 'subject', count: 1.5 }) }), /whole number/],
    ['precision', view({ f: distinct({ of: 'user', precision: 15, window: week }) }), /precision is 15; expected 4 to 14/],
    ['sealed over all', view({ f: distinct({ of: 'user', window: all() }) }), /window is all/],
    ['top over all', view({ f: top({ of: 'tag', count: 3, window: all() }) }), /window is all/],
    ['no terms', view({ f: top({ of: 'tag', count: 30, termsMax: 0, window: week }) }), /termsMax is 0; expected 1/],
    ['quantile', view({ f: quantile({ quantile: 0, window: week }) }), /quantile is 0/],
    ['market feature of a user', view({ f: priceReturn({ window: week }) }), /expected "instrument"/],
    ['volatility of one pane', view({ f: volatility({ window: tumbling('1d') }) }, 'instrument'), /at least 3 panes/],
    ['surge over all', view({ f: volumeSurge({ window: week, baseline: all() }) }, 'instrument'), /window is all/],
    ['negative prior', view({ f: ratio({ numerator: {}, denominator: {}, priorStrength: -1 }) }), /priorStrength is -1/],
    ['NaN prior', view({ f: ratio({ numerator: {}, denominator: {}, priorMean: Number.NaN }) }), /priorMean is NaN/],
    ['empty list', view({ f: count({ where: { actions: [] } }) }), /at least one/],
    ['name', view({ Clicks: count() }), /snake_case/],
    ['no features', view({}), /0 features/],
  ])('refuses: %s', (_, declared, message) => {
    expect(() => checkFeatureView(declared)).toThrow(FeatureDeclarationError);
    expect(() => checkFeatureView(declared)).toThrow(message);
  });

  test('refuses two views of one name, and durations that say nothing', () => {
    expect(() => checkFeatureViews([view({ a: count() }), view({ b: count() })])).toThrow(/Two views/);
    expect(() => sliding('0d', '1h')).toThrow(FeatureDeclarationError);
    expect(() => tumbling('1.5d')).toThrow(/1.5d/);
  });

  test('the fingerprint stands for the meaning, not for the order of words', () => {
    const a = count({ where: { actions: ['click', 'open'] } });
    const b = decayed({ halfLife: '1d' });
    const fingerprint = featureFingerprint(view({ a, b }));
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(featureFingerprint(view({ b, a: count({ where: { actions: ['open', 'click'] } }) }))).toBe(fingerprint);
    const others = [
      view({ a }),
      view({ a, c: b }),
      view({ a, b: decayed({ halfLife: '2d' }) }),
      view({ a: sum({ where: a.where, of: 'value' }), b }),
      view({ a, b: timeSince() }),
      view({ a, b }, 'subject'),
    ];
    expect(new Set([fingerprint, ...others.map(featureFingerprint)]).size).toBe(7);
  });
});
