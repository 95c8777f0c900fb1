import type { PageRequest } from '../policy.ts';
import { readQuery } from '../writing/read-query.ts';
import { TOPICS } from '../writing/topics.ts';
import type { LiveShelf } from './live-shelf.ts';
import { assetOf, type Candidate } from './platform-view.ts';

/** What a page may be filled from, whatever the order; not yet filtered for the user. */
export interface PageCandidates {
  /** In order of creation. */
  readonly posts: readonly Candidate[];
  readonly features: readonly Candidate[];
  readonly instruments: readonly Candidate[];
}

/** Posts that a search finds at most by each of its words, and an instrument's page of its instrument: the newest. */
const FOUND_MAX = 150;

const NOTHING: readonly Candidate[] = [];

/**
 * The subjects that belong on a surface: all of them on the feed; on a search what its words name; on an instrument's page
 * posts on it and what is derived from it; in the hub features.
 *
 * @param languages languages of the user, as bits
 */
export function candidatesFor(shelf: LiveShelf, request: PageRequest, languages: number): PageCandidates {
  if (request.query !== null) return found(shelf, request.query);
  if (request.surface === 'hub') return { posts: NOTHING, features: shelf.features, instruments: NOTHING };
  if (request.about !== null) {
    const { id } = request.about;
    const about = assetOf(id);
    const instruments = shelf.instruments.filter(({ asset }) => asset === about);
    const features = shelf.features.filter(({ tags }) => tags.includes('trading'));
    return { posts: shelf.byInstrument(id).slice(-FOUND_MAX), features, instruments };
  }
  return { posts: shelf.readable(languages), features: shelf.features, instruments: shelf.instruments };
}

/** Plain keyword search: topics, symbols and names of features, word for word; nothing is spelled right that was typed wrong. */
function found(shelf: LiveShelf, query: string): PageCandidates {
  const { topics, instruments: symbols } = readQuery(query);
  const instruments = shelf.instruments.filter(({ id, asset }) => symbols.includes(asset) || symbols.includes(id));
  const words = query.toLowerCase();
  const features = shelf.features.filter(({ names }) =>
    names.some((name) => words.includes(name) || (words.length > 3 && name.includes(words))),
  );
  const lists = topics.map((topic) => shelf.byTag(TOPICS[topic]!.id).slice(-FOUND_MAX));
  for (const { id, tags } of instruments) if (tags.includes('spot')) lists.push(shelf.byInstrument(id).slice(-FOUND_MAX));
  const posts = lists.length === 1 ? lists[0]! : [...new Set(lists.flat())].toSorted((a, b) => a.number - b.number);
  return { posts, features, instruments };
}
