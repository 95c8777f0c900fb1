import type { RecommendRequest } from './recommend-schema.ts';

/** What users took up until now, events since the model's training among them. */
export interface LiveHistories {
  /** Item ids with their times, oldest first; empty where nothing is known of the user. */
  historyOf(userId: string): Promise<NonNullable<RecommendRequest['history']>>;
}
