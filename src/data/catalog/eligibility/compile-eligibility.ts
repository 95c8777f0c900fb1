import { NisusError } from '../../../base/error.ts';
import { subjectKey } from '../../events/subject-key.ts';
import type { CatalogChange } from '../catalog-record.ts';
import type { EligibilityRule } from '../eligibility-rule.ts';
import type { SubjectRecord } from '../subject-record.ts';
import { REFUSAL } from './eligibility-refusal.ts';
import type { EligibilityRefusal } from './eligibility-refusal.ts';
import { grown } from './grown.ts';
import { createNameLists } from './name-lists.ts';
import { compileRules } from './rule-table.ts';
import type { EligibilityUser, RuleTable } from './rule-table.ts';

/** What the check reads of a subject. */
export type EligibilitySubject = Pick<SubjectRecord, 'kind' | 'id' | 'lifecycle' | 'eligibilityRules'>;

/** Thrown for a moment or an array that nothing can be checked with. Code `ELIGIBILITY_INPUT`. */
export class EligibilityInputError extends NisusError {
  constructor(message: string, fields: Record<string, unknown>) {
    super('ELIGIBILITY_INPUT', message, { fields });
  }
}

/** Rules and subjects, compiled: who may be shown what, and if not, why. */
export interface EligibilityChecker {
  /** Number of a subject (see `subjectKey`), for {@link EligibilityChecker.check}; -1 where it is not known. It never changes. */
  indexOf(key: string): number;

  /**
   * For each subject: may it be shown to the user at the moment? A subject may be when it is live and no rule that it
   * names, and that is in force at the moment, refuses the user. Of several rules that refuse, the first in the order of
   * the subject's list, and of its name's rules, is the answer. All doubt is a refusal: a subject that is not known, a
   * rule name that nobody wrote, a user that is not known (null) where any rule is in force.
   *
   * @param subjects Numbers from {@link EligibilityChecker.indexOf}; others are subjects that are not known.
   * @param verdicts Filled: 0 may be shown, otherwise the place in the list that is returned.
   * @returns what each verdict means; this list stays true when rules change later
   * @throws {EligibilityInputError} unless the moment is finite and `verdicts` has room
   *
   * Cost: each rule once, then a read a subject and a rule name; nothing is allocated. The figures are in decision 12.
   */
  check(user: EligibilityUser, momentMs: number, subjects: Int32Array, verdicts: Int32Array): readonly (EligibilityRefusal | null)[];

  /** The same for keys, each with its answer; null: may be shown. */
  checkKeys(user: EligibilityUser, momentMs: number, keys: readonly string[]): readonly (EligibilityRefusal | null)[];

  /** Takes in changes of subjects and rules. Cost: some microseconds a change; the rules are compiled anew at the next check. */
  apply(changes: readonly CatalogChange[]): void;

  /** Version of the latest change taken in; 0 before the first. */
  version(): number;

  readonly subjectCount: number;
}

/**
 * Compiles an eligibility check.
 *
 * @param rules Several may carry one name; they are looked at in this order.
 * @param subjects Of a subject that stands twice, the last one holds.
 */
export function compileEligibility(rules: Iterable<EligibilityRule>, subjects: Iterable<EligibilitySubject>): EligibilityChecker {
  const indexOfKey = new Map<string, number>();
  const lists = createNameLists();
  const rulesOf = new Map<string, readonly EligibilityRule[]>(Map.groupBy(rules, ({ name }) => name));
  for (const name of rulesOf.keys()) lists.numberOfName(name);
  /** Of each subject where its list of rule names begins, or one of REFUSAL below zero. */
  let listOf = new Int32Array(1024);
  let table: RuleTable | null = null;
  let verdictOfName = new Int32Array(0);
  let version = 0;

  function setSubject(subject: EligibilitySubject): void {
    const key = subjectKey(subject);
    const list =
      subject.lifecycle === 'live'
        ? lists.hold(subject.eligibilityRules)
        : -(subject.lifecycle === 'draft' ? REFUSAL.subjectDraft : REFUSAL.subjectRetired);
    let index = indexOfKey.get(key);
    if (index === undefined) {
      index = indexOfKey.size;
      indexOfKey.set(key, index);
      if (index === listOf.length) listOf = grown(listOf);
    } else if (listOf[index]! >= 0) lists.release(listOf[index]!);
    listOf[index] = list;
  }

  function readyTable(): RuleTable {
    if (table === null || verdictOfName.length !== lists.names.length) {
      table = compileRules(lists.names, (name) => rulesOf.get(name));
      verdictOfName = new Int32Array(lists.names.length);
    }
    return table;
  }

  function check(user: EligibilityUser, momentMs: number, subjects: Int32Array, verdicts: Int32Array) {
    if (!Number.isFinite(momentMs)) {
      throw new EligibilityInputError(`The moment is ${momentMs}; give milliseconds since the epoch.`, { momentMs });
    }
    if (verdicts.length < subjects.length) {
      throw new EligibilityInputError(
        `There are ${subjects.length} subjects and room for ${verdicts.length} verdicts; give as much room.`,
        {
          subjects: subjects.length,
          verdicts: verdicts.length,
        },
      );
    }
    const rules = readyTable();
    rules.judge(user, momentMs, verdictOfName);
    const known = indexOfKey.size;
    const names = lists.pool();
    for (let at = 0; at < subjects.length; at++) {
      const subject = subjects[at]!;
      if (subject < 0 || subject >= known) {
        verdicts[at] = REFUSAL.subjectUnknown;
        continue;
      }
      const list = listOf[subject]!;
      if (list < 0) {
        verdicts[at] = -list;
        continue;
      }
      let verdict = 0;
      for (let place = list; verdict === 0 && names[place]! >= 0; place++) verdict = verdictOfName[names[place]!]!;
      verdicts[at] = verdict;
    }
    return rules.refusals;
  }

  for (const subject of subjects) setSubject(subject);
  return {
    indexOf: (key) => indexOfKey.get(key) ?? -1,
    check,
    checkKeys(user, momentMs, keys) {
      const subjects = new Int32Array(keys.length);
      for (let at = 0; at < keys.length; at++) subjects[at] = indexOfKey.get(keys[at]!) ?? -1;
      const verdicts = new Int32Array(keys.length);
      const refusals = check(user, momentMs, subjects, verdicts);
      return Array.from(verdicts, (verdict) => refusals[verdict] ?? null);
    },
    apply(changes) {
      for (const change of changes) {
        if (change.type === 'subject') setSubject(change.record);
        else if (change.type === 'rule-set') {
          rulesOf.set(change.key, change.record.rules);
          lists.numberOfName(change.key);
          table = null;
        }
        version = Math.max(version, change.version);
      }
    },
    version: () => version,
    get subjectCount() {
      return indexOfKey.size;
    },
  };
}
