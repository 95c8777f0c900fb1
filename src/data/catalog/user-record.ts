/** What is known of a user apart from what they do. */
export interface UserRecord {
  readonly id: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly jurisdiction: string;
  /** Identity-check tier: 0 none, 1 basic, 2 full, 3 enhanced. */
  readonly identityTier: 0 | 1 | 2 | 3;
  /** Outcome of the suitability questions: 0 none yet, 1 cautious, 2 balanced, 3 experienced. */
  readonly riskClass: 0 | 1 | 2 | 3;
  /** BCP 47, the preferred first; at least one. */
  readonly languages: readonly string[];
  readonly createdMs: number;
}
