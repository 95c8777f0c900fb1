import type { EventSubject } from '../../data/events/event.ts';
import type { WorldSettings } from '../world-settings.ts';

const DAY_MS = 86_400_000;

/** Posts that live at once, beyond the expected number. */
const SPARE_FACTOR = 1.8;
const SPARE_POSTS = 500;

/** Rows that stay free for the posts of one tick: retiring goes before publishing. */
export const ROWS_FREE = 250;

/**
 * Living posts as columns. Post number `n` stands in row `n % capacity`; numbers rise with time of creation, posts retire
 * in that order, so the rows are a ring and memory is bounded however long the world runs.
 */
export interface Posts {
  readonly capacity: number;
  /** Number of the oldest living post. */
  first: number;
  /** Number that the next post gets; as many are alive as lie between. */
  next: number;
  readonly author: Int32Array;
  readonly topic: Uint8Array;
  /** Index in POST_KINDS. */
  readonly kind: Uint8Array;
  /** Instruments mentioned, or -1. */
  readonly instrument: Int16Array;
  readonly otherInstrument: Int16Array;
  /** -1 bearish, 0 none, 1 bullish. */
  readonly stance: Int8Array;
  /** What it is worth to who reads it, 0 to 1. */
  readonly quality: Float32Array;
  /** What it promises beyond that, 0 to 1. */
  readonly hype: Float32Array;
  /** 0 English, 1 Chinese. */
  readonly language: Uint8Array;
  readonly createdMs: Float64Array;
  /** Number of the campaign behind it, or -1. */
  readonly campaign: Int32Array;
  /** Of a leader's report: growth of the account since the start, as a part of one. */
  readonly leaderReturn: Float32Array;
  /** Form in events, made with the post; shared by all events about it. */
  readonly subjects: (EventSubject | undefined)[];
}

/** No posts yet, with room for those of a world. */
export function emptyPosts({ authors, postsPerAuthorDay, postLifeMs }: WorldSettings): Posts {
  const capacity = Math.ceil((authors * postsPerAuthorDay * postLifeMs * SPARE_FACTOR) / DAY_MS) + SPARE_POSTS;
  return {
    capacity,
    first: 0,
    next: 0,
    author: new Int32Array(capacity),
    topic: new Uint8Array(capacity),
    kind: new Uint8Array(capacity),
    instrument: new Int16Array(capacity),
    otherInstrument: new Int16Array(capacity),
    stance: new Int8Array(capacity),
    quality: new Float32Array(capacity),
    hype: new Float32Array(capacity),
    language: new Uint8Array(capacity),
    createdMs: new Float64Array(capacity),
    campaign: new Int32Array(capacity),
    leaderReturn: new Float32Array(capacity),
    subjects: Array.from({ length: capacity }, () => undefined),
  };
}

/** Id of the post of a number. */
export function postIdOf(number: number): string {
  return `p${number}`;
}

/** Number of the living post of an id, or -1. */
export function livingPostOf(posts: Posts, id: string): number {
  if (id.charCodeAt(0) !== 112) return -1;
  const number = Number(id.slice(1));
  return Number.isInteger(number) && number >= posts.first && number < posts.next && postIdOf(number) === id ? number : -1;
}
