import type { SubjectKind } from '../events/event-actions.ts';
import type { EligibilityRule } from './eligibility-rule.ts';
import type { SubjectRecord } from './subject-record.ts';
import type { UserRecord } from './user-record.ts';

/**
 * All rules of one name. They are written together, as one record: there is no moment at which half of a new regulation
 * is in force.
 */
export interface EligibilityRuleSet {
  /** What subjects name in `eligibilityRules`. */
  readonly name: string;
  /** At least one, each with this name. One that no longer holds gets an `untilMs` and stays. */
  readonly rules: readonly EligibilityRule[];
}

/** The three kinds of record, by the name of their kind. */
export interface CatalogRecords {
  readonly user: UserRecord;
  readonly subject: SubjectRecord;
  readonly 'rule-set': EligibilityRuleSet;
}

/** One of the {@link RECORD_TYPES}. */
export type RecordType = keyof CatalogRecords;

/** Kinds of record. The place in this list is the code in stored files: new ones go to the end. */
export const RECORD_TYPES = ['user', 'subject', 'rule-set'] as const satisfies readonly RecordType[];

/** A record with the version that it was written as. */
export interface Versioned<Type extends RecordType = RecordType> {
  readonly type: Type;
  /** See {@link recordKey}. */
  readonly key: string;
  /** Rises from change to change through the whole catalog; a record's is that of its own latest change. */
  readonly version: number;
  /** When it was written, milliseconds since the epoch. */
  readonly changedMs: number;
  readonly record: CatalogRecords[Type];
}

/** One change of one record, as the change feed and a record's history tell it. */
export type CatalogChange = { readonly [Type in RecordType]: Versioned<Type> }[RecordType];

/** The key of a subject: `kind:id`, as in feature keys. */
export function subjectKey(kind: SubjectKind, id: string): string {
  return `${kind}:${id}`;
}

/** The key of a record within its type: a user's id, a rule set's name, a subject's {@link subjectKey}. */
export function recordKey<Type extends RecordType>(type: Type, record: CatalogRecords[Type]): string {
  if (type === 'rule-set') return (record as EligibilityRuleSet).name;
  if (type === 'user') return (record as UserRecord).id;
  const { kind, id } = record as SubjectRecord;
  return subjectKey(kind, id);
}
