import Database from 'better-sqlite3';
import type { EligibilityRule } from '../../src/data/catalog/eligibility-rule.ts';
import type { SubjectRecord } from '../../src/data/catalog/subject-record.ts';
import type { UserRecord } from '../../src/data/catalog/user-record.ts';

/** The same check as one SQL query. */
export interface SqlEligibility {
  /** For each subject, in order: may it be shown. */
  check(user: UserRecord, momentMs: number, subjects: readonly number[]): boolean[];
  close(): void;
}

/**
 * The peer: rules and subjects in an SQLite database in memory, indexed, the check one prepared statement; candidates come
 * as a JSON array of row numbers.
 */
export function sqlEligibility(rules: readonly EligibilityRule[], subjects: readonly SubjectRecord[]): SqlEligibility {
  const database = new Database(':memory:');
  database.exec(`
    create table rules (id integer primary key, name text, from_ms, until_ms, tier, risk, age_ms);
    create index rule_names on rules (name);
    create table allowed (rule, place, primary key (rule, place)) without rowid;
    create table denied (rule, place, primary key (rule, place)) without rowid;
    create table has_allowed (rule primary key) without rowid;
    create table subjects (id integer primary key, lifecycle text);
    create table subject_rules (subject, name, primary key (subject, name)) without rowid;
  `);
  database.transaction(() => {
    const insertRule = database.prepare('insert into rules values (?, ?, ?, ?, ?, ?, ?)');
    const insertAllowed = database.prepare('insert or ignore into allowed values (?, ?)');
    const insertDenied = database.prepare('insert or ignore into denied values (?, ?)');
    for (const [id, { name, fromMs, untilMs, conditions }] of rules.entries()) {
      const { identityTierMin = 0, riskClassMin = 0, accountAgeDaysMin = -1e9, jurisdictionsAllowed, jurisdictionsDenied } = conditions;
      insertRule.run(id, name, fromMs, untilMs ?? 9e15, identityTierMin, riskClassMin, accountAgeDaysMin * 86_400_000);
      if (jurisdictionsAllowed !== undefined) database.prepare('insert into has_allowed values (?)').run(id);
      for (const place of jurisdictionsAllowed ?? []) insertAllowed.run(id, place);
      for (const place of jurisdictionsDenied ?? []) insertDenied.run(id, place);
    }
    const insertSubject = database.prepare('insert into subjects values (?, ?)');
    const insertName = database.prepare('insert or ignore into subject_rules values (?, ?)');
    for (const [id, { lifecycle, eligibilityRules }] of subjects.entries()) {
      insertSubject.run(id, lifecycle);
      for (const name of eligibilityRules) insertName.run(id, name);
    }
  })();
  const statement = database
    .prepare<[Record<string, unknown>], number>(`
      with refused as materialized (
        select distinct name from rules where from_ms <= @moment and @moment < until_ms and (
          @tier < tier or @risk < risk or @age < age_ms
          or exists (select 1 from denied where rule = rules.id and place = @place)
          or (exists (select 1 from has_allowed where rule = rules.id)
              and not exists (select 1 from allowed where rule = rules.id and place = @place)))),
      barred as materialized (
        select candidate.key as place_in_list from json_each(@candidates) as candidate
        cross join subject_rules on subject_rules.subject = candidate.value
        where name in (select name from refused) or name not in (select name from rules))
      select subjects.lifecycle = 'live' and candidate.key not in (select place_in_list from barred)
      from json_each(@candidates) as candidate cross join subjects on subjects.id = candidate.value`)
    .pluck();
  return {
    check({ identityTier, riskClass, createdMs, jurisdiction }, momentMs, candidates) {
      const values = { moment: momentMs, tier: identityTier, risk: riskClass, age: momentMs - createdMs, place: jurisdiction };
      return statement.all({ ...values, candidates: JSON.stringify(candidates) }).map((allowed) => allowed === 1);
    },
    close: () => database.close(),
  };
}
