/**
 * A dated rule on who may be shown a subject. A subject may be shown to a user when every rule that it names and that is
 * in force at the moment allows the user; where one does not, its reason code is the answer.
 */
export interface EligibilityRule {
  /** Several rules may carry one name: versions with other dates, or conditions that must all hold. */
  readonly name: string;
  /** In force from then (inclusive) … */
  readonly fromMs: number;
  /** … until then (exclusive); null: until further notice. */
  readonly untilMs: number | null;
  readonly conditions: EligibilityConditions;
  /** Stable, machine-readable: `JURISDICTION_DERIVATIVES_RETAIL`. */
  readonly reasonCode: string;
  /** Where the rule comes from: law, licence, policy, with paragraph. */
  readonly citation: string;
}

/** All that are given must hold. */
export interface EligibilityConditions {
  /** Allowed only there … */
  readonly jurisdictionsAllowed?: readonly string[];
  /** … or not there. */
  readonly jurisdictionsDenied?: readonly string[];
  readonly identityTierMin?: 0 | 1 | 2 | 3;
  readonly riskClassMin?: 0 | 1 | 2 | 3;
  readonly accountAgeDaysMin?: number;
}
