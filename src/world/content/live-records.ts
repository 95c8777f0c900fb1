import { createCounterRandom, deriveKey } from '../../base/counter-random.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import type { Markets } from '../markets/markets.ts';
import { instrumentRecord } from '../markets/instrument-record.ts';
import { featureRecord, PLATFORM_FEATURES } from '../platform/platform-features.ts';
import type { Authors } from '../population/authors.ts';
import { postRecord } from './post-record.ts';
import type { Posts } from './posts.ts';

/** The catalog of a world: everything that lives now, and records one by one. */
export interface LiveRecords {
  /** Features, instruments, then posts from the oldest on. Each record is made when it is asked for. */
  all(): Generator<SubjectRecord>;
  /** The record of a post by number. */
  post(number: number): SubjectRecord;
}

/** @param startMs creation time of the features */
export function createLiveRecords(
  seed: number | string,
  startMs: number,
  world: { readonly posts: Posts; readonly authors: Authors; readonly markets: Markets },
): LiveRecords {
  const random = createCounterRandom();
  const key = deriveKey(seed, 'texts');
  const post = (number: number) => postRecord(world, random, key, number);
  return {
    post,
    *all() {
      for (const feature of PLATFORM_FEATURES) yield featureRecord(feature, startMs);
      for (const instrument of world.markets.instruments) yield instrumentRecord(instrument);
      for (let number = world.posts.first; number < world.posts.next; number++) yield post(number);
    },
  };
}
