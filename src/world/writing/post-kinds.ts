/** What a post is for. The place in the list is the kind's code. */
export const POST_KINDS = ['news', 'analysis', 'lesson', 'signal', 'story', 'question', 'announcement', 'leader-report'] as const;

/** One of the {@link POST_KINDS}. */
export type PostKind = (typeof POST_KINDS)[number];
