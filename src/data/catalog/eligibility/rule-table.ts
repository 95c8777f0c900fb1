import type { EligibilityRule } from '../eligibility-rule.ts';
import type { UserRecord } from '../user-record.ts';
import { REFUSAL, SUBJECT_REFUSALS, unknownRule } from './eligibility-refusal.ts';
import type { EligibilityRefusal } from './eligibility-refusal.ts';

/** What the rules ask of a user; null for one that is not known, who meets no condition. */
export type EligibilityUser = Pick<UserRecord, 'jurisdiction' | 'identityTier' | 'riskClass' | 'createdMs'> | null;

/** Rules by name, in columns. */
export interface RuleTable {
  /** What each number of a verdict means; null: may be shown. */
  readonly refusals: readonly (EligibilityRefusal | null)[];
  /** For each name the number of the refusal by its first rule that is in force and refuses; 0 where none does. */
  judge(user: EligibilityUser, momentMs: number, verdictOfName: Int32Array): void;
}

const DAY_MS = 86_400_000;

/**
 * Compiles rules.
 *
 * @param names In the order of their numbers; those without rules refuse everybody (`RULE_UNKNOWN`).
 *
 * Cost of `judge`: one pass over all rules, about 5 ns a rule, nothing allocated.
 */
export function compileRules(names: readonly string[], rulesOf: (name: string) => readonly EligibilityRule[] | undefined): RuleTable {
  const rules = names.flatMap((name) => rulesOf(name) ?? []);
  const refusals: (EligibilityRefusal | null)[] = [...SUBJECT_REFUSALS, ...rules.map(refusalOf)];
  const fromMs = Float64Array.from(rules, (rule) => rule.fromMs);
  const untilMs = Float64Array.from(rules, (rule) => rule.untilMs ?? Infinity);
  const tierMin = Float64Array.from(rules, ({ conditions }) => conditions.identityTierMin ?? -Infinity);
  const riskMin = Float64Array.from(rules, ({ conditions }) => conditions.riskClassMin ?? -Infinity);
  const ageMsMin = Float64Array.from(rules, ({ conditions }) => (conditions.accountAgeDaysMin ?? -Infinity) * DAY_MS);
  const places = compilePlaces(rules);

  const firstRule = new Int32Array(names.length + 1);
  const verdictWithoutRules = new Int32Array(names.length);
  for (const [name, text] of names.entries()) {
    const count = rulesOf(text)?.length ?? 0;
    firstRule[name + 1] = firstRule[name]! + count;
    if (count === 0) verdictWithoutRules[name] = refusals.push(unknownRule(text)) - 1;
  }

  return {
    refusals,
    judge(user, momentMs, verdictOfName) {
      const place = user === null ? 0 : (places.indexOf.get(user.jurisdiction) ?? 0);
      // NaN is not at least anything: who is not known meets no condition.
      const tier = user === null ? NaN : user.identityTier;
      const risk = user === null ? NaN : user.riskClass;
      const ageMs = user === null ? NaN : momentMs - user.createdMs;
      for (let name = 0; name < verdictWithoutRules.length; name++) {
        let verdict = verdictWithoutRules[name]!;
        const end = firstRule[name + 1]!;
        for (let rule = firstRule[name]!; rule < end; rule++) {
          if (momentMs < fromMs[rule]! || momentMs >= untilMs[rule]!) continue;
          const holds =
            tier >= tierMin[rule]! &&
            risk >= riskMin[rule]! &&
            ageMs >= ageMsMin[rule]! &&
            places.refused[rule * places.count + place] === 0;
          if (holds) continue;
          verdict = REFUSAL.firstRule + rule;
          break;
        }
        verdictOfName[name] = verdict;
      }
    },
  };
}

/** Which rule refuses which jurisdiction; column 0 is that of jurisdictions that no rule mentions. */
function compilePlaces(rules: readonly EligibilityRule[]): { indexOf: ReadonlyMap<string, number>; count: number; refused: Uint8Array } {
  const indexOf = new Map<string, number>();
  for (const { conditions } of rules) {
    for (const place of [...(conditions.jurisdictionsAllowed ?? []), ...(conditions.jurisdictionsDenied ?? [])]) {
      if (!indexOf.has(place)) indexOf.set(place, indexOf.size + 1);
    }
  }
  const count = indexOf.size + 1;
  const refused = new Uint8Array(rules.length * count);
  for (const [rule, { conditions }] of rules.entries()) {
    const row = refused.subarray(rule * count, (rule + 1) * count);
    if (conditions.jurisdictionsAllowed !== undefined) {
      row.fill(1);
      for (const place of conditions.jurisdictionsAllowed) row[indexOf.get(place)!] = 0;
    }
    for (const place of conditions.jurisdictionsDenied ?? []) row[indexOf.get(place)!] = 1;
  }
  return { indexOf, count, refused };
}

function refusalOf({ reasonCode, citation, name }: EligibilityRule): EligibilityRefusal {
  return { reasonCode, citation, ruleName: name };
}
