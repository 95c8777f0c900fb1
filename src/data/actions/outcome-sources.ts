import type { ActionData } from './read-actions.ts';

/** What outcomes are made of: the parts of {@link ActionData} that tell. */
export type OutcomeSources = Pick<ActionData, 'pages' | 'happenings'> & {
  readonly subjects: Pick<ActionData['subjects'], 'count' | 'kinds' | 'tags' | 'tagNames' | 'mentions'>;
};
