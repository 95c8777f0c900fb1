import type { PostKind } from './post-kinds.ts';

/** How posts are put in a language: templates whose `{slots}` are filled by `write-post.ts`. */
export interface PhraseBook {
  readonly titles: Readonly<Record<PostKind, readonly string[]>>;
  /** First sentences: they show what kind of post it is. */
  readonly openings: Readonly<Record<PostKind, readonly string[]>>;
  readonly stances: Readonly<Record<'bullish' | 'bearish' | 'neutral', readonly string[]>>;
  /** Sentences of good posts: sources, numbers, limits, what would prove them wrong. */
  readonly evidence: readonly string[];
  /** Sentences of poor posts. */
  readonly filler: readonly string[];
  /** Promises and urgency. */
  readonly hype: readonly string[];
  readonly hypeTitles: readonly string[];
  readonly sources: readonly string[];
  /** What stands between sentences. */
  readonly join: string;
}
