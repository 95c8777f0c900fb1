import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import type { CounterRandom } from '../../base/counter-random.ts';
import type { Markets } from '../markets/markets.ts';
import type { Authors } from '../population/authors.ts';
import { NONE } from '../population/people.ts';
import { LANGUAGES } from '../writing/languages.ts';
import { POST_KINDS } from '../writing/post-kinds.ts';
import { writePost } from '../writing/write-post.ts';
import type { Posts } from './posts.ts';

/**
 * A post as a subject of the catalog. Its text is written anew on every call, the same each time: it follows from the
 * post's number alone, so it need not be kept.
 *
 * @param key key of the world's texts
 */
export function postRecord(
  world: { readonly posts: Posts; readonly authors: Authors; readonly markets: Markets },
  random: CounterRandom,
  key: number,
  number: number,
): SubjectRecord {
  const { posts, markets } = world;
  const row = number % posts.capacity;
  const subject = posts.subjects[row]!;
  const language = LANGUAGES[posts.language[row]!]!;
  const kind = POST_KINDS[posts.kind[row]!]!;
  const instruments = [posts.instrument[row]!, posts.otherInstrument[row]!].filter((index) => index !== NONE);
  random.reset(key, number, 0, 0);
  const { title, text } = writePost(random, {
    topic: posts.topic[row]!,
    kind,
    instruments: instruments.map((index) => markets.instruments[index]!),
    stance: posts.stance[row] as -1 | 0 | 1,
    quality: posts.quality[row]!,
    hype: posts.hype[row]!,
    language,
    ...(kind === 'leader-report' ? { leaderReturn: posts.leaderReturn[row]! } : {}),
  });
  return {
    kind: 'content',
    id: subject.id,
    title,
    text,
    language,
    tags: subject.tags,
    instruments: subject.instruments,
    authorId: subject.authorId,
    createdMs: posts.createdMs[row]!,
    lifecycle: number >= posts.first ? 'live' : 'retired',
    attributes: kind === 'leader-report' ? { accountReturn: Math.round(posts.leaderReturn[row]! * 10_000) / 10_000 } : {},
    eligibilityRules: [],
  };
}
