import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRule, someSubject, someUser } from '../catalog-records.fixture.ts';
import { subjectKey } from '../../events/subject-key.ts';
import type { CatalogChange } from '../catalog-record.ts';
import type { EligibilityConditions, EligibilityRule } from '../eligibility-rule.ts';
import { compileEligibility } from './compile-eligibility.ts';
import type { EligibilityChecker, EligibilitySubject } from './compile-eligibility.ts';
import { naiveEligibility } from './naive-eligibility.fixture.ts';
import type { EligibilityUser } from './rule-table.ts';

const DAY_MS = 86_400_000;
const level = fc.constantFrom(0, 1, 2, 3);
const place = fc.constantFrom('DE', 'US', 'SG', 'XX');
const places = fc.uniqueArray(place, { maxLength: 3 });
/** Few moments, so that starts, ends and the moment asked about meet; ages in days meet them too. */
const moment = fc.constantFrom(0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 2 * DAY_MS);

const conditions = fc.record(
  {
    jurisdictionsAllowed: places,
    jurisdictionsDenied: places,
    identityTierMin: level,
    riskClassMin: level,
    accountAgeDaysMin: fc.constantFrom(0, 1, 2, 0.5),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<EligibilityConditions>;

let serial = 0;
const rule = (name: fc.Arbitrary<string>): fc.Arbitrary<EligibilityRule> =>
  fc
    .record({ name, fromMs: moment, untilMs: fc.option(moment), conditions: conditions.filter((given) => Object.keys(given).length > 0) })
    // Each its own code, so that the answer tells which rule it was.
    .map((fields) => ({ ...fields, reasonCode: `R${serial++}`, citation: `§ ${serial}` }));
const ruleName = fc.constantFrom('a', 'b', 'c', 'd');
const subject: fc.Arbitrary<EligibilitySubject> = fc.record({
  kind: fc.constantFrom('content', 'instrument'),
  id: fc.constantFrom('1', '2', '3', '4', '5'),
  lifecycle: fc.constantFrom('live', 'live', 'live', 'draft', 'retired'),
  eligibilityRules: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'nobody-wrote-it'), { maxLength: 4 }),
});
const user = fc.option(
  fc.record({ jurisdiction: fc.oneof(place, fc.constant('ZZ')), identityTier: level, riskClass: level, createdMs: moment }),
  { freq: 8 },
) as fc.Arbitrary<EligibilityUser>;
const questions = fc.array(fc.record({ user, moment }), { minLength: 1, maxLength: 8 });

const keys = ['content', 'instrument'].flatMap((kind) =>
  ['1', '2', '3', '4', '5', '6'].map((id) => subjectKey({ kind: kind as 'content', id })),
);

function expectAnswers(
  checker: EligibilityChecker,
  rules: readonly EligibilityRule[],
  subjects: ReadonlyMap<string, EligibilitySubject>,
  asked: readonly { user: EligibilityUser; moment: number }[],
): void {
  for (const { user, moment } of asked) {
    const expected = keys.map((key) => naiveEligibility(rules, subjects.get(key), user, moment));
    expect(checker.checkKeys(user, moment, keys)).toEqual(expected);
  }
}

describe('the compiled check', () => {
  it('answers as the definition does', () => {
    fc.assert(
      fc.property(
        fc.array(rule(ruleName), { maxLength: 12 }),
        fc.array(subject, { maxLength: 12 }),
        questions,
        (rules, subjects, asked) => {
          const byKey = new Map(subjects.map((subject) => [subjectKey(subject), subject]));
          expectAnswers(compileEligibility(rules, subjects), rules, byKey, asked);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('answers so after every change of rules and subjects', () => {
    const change = fc.oneof(
      subject.map((record) => ({ type: 'subject', key: subjectKey(record), record })),
      ruleName.chain((name) =>
        fc
          .array(rule(fc.constant(name)), { minLength: 1, maxLength: 3 })
          .map((rules) => ({ type: 'rule-set', key: name, record: { name, rules } })),
      ),
      fc.constant({ type: 'user', key: 'u', record: someUser('u') }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 25 }), questions, (changes, asked) => {
        const checker = compileEligibility([], []);
        const rules = new Map<string, readonly EligibilityRule[]>();
        const subjects = new Map<string, EligibilitySubject>();
        for (const [at, change] of changes.entries()) {
          checker.apply([{ ...change, version: at + 1, changedMs: 0 } as CatalogChange]);
          if (change.type === 'subject') subjects.set(change.key, change.record as EligibilitySubject);
          if (change.type === 'rule-set') rules.set(change.key, (change.record as { rules: EligibilityRule[] }).rules);
          expect(checker.version()).toBe(at + 1);
          expectAnswers(checker, [...rules.values()].flat(), subjects, asked);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('grows over many subjects and keeps their numbers', () => {
    const checker = compileEligibility(
      [someRule('kyc')],
      Array.from({ length: 5000 }, (_, at) => someSubject(`${at}`, { eligibilityRules: at % 2 === 0 ? ['kyc'] : [] })),
    );
    const subjects = Int32Array.from({ length: 5001 }, (_, at) => checker.indexOf(`content:${at}`));
    const verdicts = new Int32Array(5001);
    const refusals = checker.check({ ...someUser('u'), identityTier: 0 }, 5, subjects, verdicts);
    expect(checker.subjectCount).toBe(5000);
    expect([0, 1, 4998, 4999, 5000].map((at) => refusals[verdicts[at]!]?.reasonCode)).toEqual([
      'IDENTITY_TIER',
      undefined,
      'IDENTITY_TIER',
      undefined,
      'SUBJECT_UNKNOWN',
    ]);
    checker.check(null, 5, Int32Array.of(5000, 1_000_000, -7), verdicts);
    expect([...verdicts.subarray(0, 3)].map((verdict) => refusals[verdict]?.reasonCode)).toEqual(Array(3).fill('SUBJECT_UNKNOWN'));
    checker.check({ ...someUser('u'), identityTier: 0 }, 5, subjects, verdicts);
    expect(refusals[verdicts[0]!]).toEqual({ reasonCode: 'IDENTITY_TIER', citation: 'Terms of use, 4.2', ruleName: 'kyc' });
  });

  it('keeps the meaning of verdicts given before the rules changed', () => {
    const checker = compileEligibility([someRule('b')], [someSubject('s', { eligibilityRules: ['b'] })]);
    const verdicts = new Int32Array(1);
    const refusals = checker.check(null, 5, Int32Array.of(0), verdicts);
    const record = { name: 'b', rules: [someRule('b', { reasonCode: 'OTHER' }), someRule('b')] };
    checker.apply([{ type: 'rule-set', key: 'b', version: 1, changedMs: 0, record }]);
    expect(checker.checkKeys(null, 5, ['content:s'])[0]?.reasonCode).toBe('OTHER');
    expect(refusals[verdicts[0]!]?.reasonCode).toBe('IDENTITY_TIER');
  });

  it('refuses a moment that is none, and verdicts without room', () => {
    const checker = compileEligibility([], []);
    expect(() => checker.checkKeys(null, NaN, [])).toThrow(/The moment is NaN/);
    expect(() => checker.check(null, 0, new Int32Array(2), new Int32Array(1))).toThrow(/room for 1 verdicts/);
  });
});
