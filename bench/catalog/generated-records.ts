import type { Random } from '../../src/base/random.ts';
import type { CatalogUpsert } from '../../src/data/catalog/catalog.ts';
import type { EligibilityConditions, EligibilityRule } from '../../src/data/catalog/eligibility-rule.ts';
import type { SubjectRecord } from '../../src/data/catalog/subject-record.ts';
import type { UserRecord } from '../../src/data/catalog/user-record.ts';
import { SUBJECT_KINDS } from '../../src/data/events/event-actions.ts';

const PLACES = ['DE', 'US', 'SG', 'CN', 'GB', 'FR', 'JP', 'KR', 'BR', 'AE', 'HK', 'CA', 'AU', 'IN', 'TR'] as const;
const DAY_MS = 86_400_000;

/** The moment of the benchmark; accounts, posts and rules begin before it and some rules after it. */
export const NOW_MS = 1_780_000_000_000;

const pick = <Value>(random: Random, values: readonly Value[]): Value => values[random.integer(values.length)]!;
const level = (random: Random) => random.integer(4) as 0 | 1 | 2 | 3;

/** Users of all tiers and places, with accounts of up to two years. */
export function makeUser(random: Random, number: number): UserRecord {
  return {
    id: `user-${number}`,
    jurisdiction: pick(random, PLACES),
    identityTier: level(random),
    riskClass: level(random),
    languages: random.integer(3) === 0 ? ['zh-Hans', 'en'] : ['en'],
    createdMs: NOW_MS - random.integer(730) * DAY_MS,
  };
}

/** Half of the names carry one rule, the rest two or three, with one to three conditions each; one rule in five is over or still to come. */
export function makeRules(random: Random, ruleCount: number): EligibilityRule[] {
  const rules: EligibilityRule[] = [];
  for (let name = 0; rules.length < ruleCount; name++) {
    for (let left = 1 + random.integer(2) * random.integer(3); left > 0 && rules.length < ruleCount; left--) {
      rules.push({
        name: `rule-${name}`,
        fromMs: NOW_MS - (random.integer(400) - 40) * DAY_MS,
        untilMs: random.integer(10) === 0 ? NOW_MS - DAY_MS * 30 + 400 * DAY_MS * random.integer(2) : null,
        conditions: makeConditions(random),
        reasonCode: `REASON_${rules.length}`,
        citation: `Regulation ${name}, paragraph ${left}`,
      });
    }
  }
  return rules.map((rule) => (rule.untilMs !== null && rule.untilMs <= rule.fromMs ? { ...rule, untilMs: rule.fromMs + DAY_MS } : rule));
}

function makeConditions(random: Random): EligibilityConditions {
  const places = () => PLACES.filter(() => random.integer(4) === 0);
  switch (random.integer(4)) {
    case 0:
      return { jurisdictionsDenied: places() };
    case 1:
      return { jurisdictionsAllowed: PLACES.filter(() => random.integer(5) > 0), identityTierMin: 1 };
    case 2:
      return { identityTierMin: pick(random, [0, 1, 2] as const), riskClassMin: pick(random, [0, 1] as const) };
    default:
      return { accountAgeDaysMin: random.integer(60), jurisdictionsDenied: places() };
  }
}

/** Subjects of all kinds, one in fifty a draft and one in ten retired, that name up to four rules each: nearly all lists are different. */
export function makeSubject(random: Random, number: number, ruleNames: readonly string[]): SubjectRecord {
  const chance = random.integer(100);
  const topic = pick(random, ['funding', 'earnings', 'custody', 'options', 'staking']);
  return {
    kind: SUBJECT_KINDS[number % 10 === 0 ? 2 : number % 10 === 1 ? 1 : 0]!,
    id: `subject-${number}`,
    title: `What ${topic} tells us, part ${number}`,
    text: `Volume rose while ${topic} stood still. A longer look at the last ${1 + random.integer(30)} days, with the figures and what they leave out.`,
    language: 'en',
    tags: [topic, `tag-${random.integer(200)}`],
    instruments: [`COIN${random.integer(300)}-USDT`],
    authorId: `author-${random.integer(5000)}`,
    createdMs: NOW_MS - random.integer(365) * DAY_MS,
    lifecycle: chance < 2 ? 'draft' : chance < 12 ? 'retired' : 'live',
    attributes: { quality: random.integer(1000) / 1000, pinned: false },
    eligibilityRules: Array.from({ length: random.integer(5) }, () => pick(random, ruleNames)),
  };
}

/** Records as a load takes them. */
export function upsertsOf(
  rules: readonly EligibilityRule[],
  subjects: readonly SubjectRecord[],
  users: readonly UserRecord[],
): CatalogUpsert[] {
  const byName = Map.groupBy(rules, ({ name }) => name);
  return [
    ...[...byName].map(([name, rules]): CatalogUpsert => ({ type: 'rule-set', record: { name, rules } })),
    ...subjects.map((record): CatalogUpsert => ({ type: 'subject', record })),
    ...users.map((record): CatalogUpsert => ({ type: 'user', record })),
  ];
}
