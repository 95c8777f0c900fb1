import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import { candidateOf, type Candidate } from './platform-view.ts';

/** Everything that lives, as policies in process look it up. Kept by feeding it every change of the catalog. */
export interface LiveShelf {
  /** Takes changes of the catalog. */
  update(records: readonly SubjectRecord[]): void;
  find(kind: Candidate['kind'], id: string): Candidate | undefined;
  /** Posts for readers of the given languages (bits), the oldest first. */
  readable(languages: number): readonly Candidate[];
  byAuthor(authorId: string): readonly Candidate[];
  byTag(tag: string): readonly Candidate[];
  /** Posts that mention an instrument. */
  byInstrument(id: string): readonly Candidate[];
  readonly features: readonly Candidate[];
  readonly instruments: readonly Candidate[];
}

const NOTHING: readonly Candidate[] = [];

/** @param rules the platform's eligibility rules */
export function createLiveShelf(rules: readonly EligibilityRule[]): LiveShelf {
  const known: Readonly<Record<Candidate['kind'], Map<string, Candidate>>> = {
    content: new Map(),
    feature: new Map(),
    instrument: new Map(),
  };
  const byLanguages: Candidate[][] = [[], [], [], []];
  const authors = new Map<string, Candidate[]>();
  const tags = new Map<string, Candidate[]>();
  const mentions = new Map<string, Candidate[]>();
  const features: Candidate[] = [];
  const instruments: Candidate[] = [];
  let count = 0;

  /** The lists that a post stands in. */
  const listsOf = (post: Candidate): Candidate[][] => {
    const of = (map: Map<string, Candidate[]>, key: string) => {
      const list = map.get(key) ?? [];
      map.set(key, list);
      return list;
    };
    return [
      ...[1, 2, 3].filter((bits) => (bits & post.languages) !== 0).map((bits) => byLanguages[bits]!),
      of(authors, post.authorId ?? ''),
      ...post.tags.map((tag) => of(tags, tag)),
      ...post.instruments.map((id) => of(mentions, id)),
    ];
  };
  const remove = (list: Candidate[], candidate: Candidate) => {
    // Posts retire in the order in which they came, so this is the first place, or close to it.
    const at = list.indexOf(candidate);
    if (at === 0) list.shift();
    else if (at > 0) list.splice(at, 1);
  };

  return {
    features,
    instruments,
    update(records) {
      for (const record of records) {
        const ofKind = known[record.kind];
        const before = ofKind.get(record.id);
        if (record.lifecycle === 'live' && before !== undefined) continue;
        if (record.lifecycle === 'live') {
          const candidate = candidateOf(record, count++, rules);
          ofKind.set(record.id, candidate);
          if (record.kind === 'content') for (const list of listsOf(candidate)) list.push(candidate);
          else (record.kind === 'feature' ? features : instruments).push(candidate);
        } else if (before !== undefined) {
          ofKind.delete(record.id);
          before.retired = true;
          if (record.kind === 'content') for (const list of listsOf(before)) remove(list, before);
          else remove(record.kind === 'feature' ? features : instruments, before);
        }
      }
    },
    find: (kind, id) => known[kind].get(id),
    readable: (languages) => byLanguages[languages] ?? NOTHING,
    byAuthor: (authorId) => authors.get(authorId) ?? NOTHING,
    byTag: (tag) => tags.get(tag) ?? NOTHING,
    byInstrument: (id) => mentions.get(id) ?? NOTHING,
  };
}
