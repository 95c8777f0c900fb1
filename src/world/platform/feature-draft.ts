/** A feature as it is written down, before it has its place among the others. */
export interface FeatureDraft {
  readonly id: string;
  readonly nameEn: string;
  readonly nameZh: string;
  readonly text: string;
  /** Id of the topic that its users care about. */
  readonly topic: string;
  /** Pull by intent, in order of INTENTS, 0 to 1. */
  readonly pull: readonly number[];
  /** Showing it may bring about a trade, or drive one away. */
  readonly trading: boolean;
  /** A lesson is completed, everything else adopted. */
  readonly lesson: boolean;
  /** Ids of features to adopt, or lessons to complete, first. */
  readonly needs: readonly string[];
  readonly ruleNames: readonly string[];
}

/** A service: neither trade nor lesson. */
export function use(
  id: string,
  nameEn: string,
  nameZh: string,
  text: string,
  topic: string,
  pull: readonly number[],
  needs: readonly string[],
  ruleNames: readonly string[],
): FeatureDraft {
  return { id, nameEn, nameZh, text, topic, pull, needs, ruleNames, trading: false, lesson: false };
}

/** A way to trade. */
export function trade(...facts: Parameters<typeof use>): FeatureDraft {
  return { ...use(...facts), trading: true };
}

/** Something to learn; open to all. */
export function lesson(
  id: string,
  nameEn: string,
  nameZh: string,
  text: string,
  topic: string,
  pull: readonly number[],
  needs: readonly string[],
): FeatureDraft {
  return { ...use(id, nameEn, nameZh, text, topic, pull, needs, []), lesson: true };
}
