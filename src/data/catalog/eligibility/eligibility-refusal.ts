/** Why a subject may not be shown to a user. */
export interface EligibilityRefusal {
  /** The rule's own, or one of `RESERVED_REASON_CODES`. */
  readonly reasonCode: string;
  /** The rule's; null where no rule refused. */
  readonly citation: string | null;
  /** The rule that refused, or that the subject names and nobody wrote; null where the subject itself is the reason. */
  readonly ruleName: string | null;
}

/** Numbers of the refusals that no rule gives; those of rules come after them. 0: may be shown. */
export const REFUSAL = { subjectUnknown: 1, subjectDraft: 2, subjectRetired: 3, firstRule: 4 } as const;

/** The refusals under {@link REFUSAL}, by number. */
export const SUBJECT_REFUSALS: readonly (EligibilityRefusal | null)[] = [
  null,
  ...['SUBJECT_UNKNOWN', 'SUBJECT_DRAFT', 'SUBJECT_RETIRED'].map((reasonCode) => ({ reasonCode, citation: null, ruleName: null })),
];

/** The refusal of a subject that names a rule nobody wrote. */
export function unknownRule(ruleName: string): EligibilityRefusal {
  return { reasonCode: 'RULE_UNKNOWN', citation: null, ruleName };
}
