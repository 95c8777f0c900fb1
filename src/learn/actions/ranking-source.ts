import type { RankerConfig } from '../models/ranking/ranker-config.ts';
import type { RankingVocabulary } from '../models/ranking/ranking-states.ts';
import type { ActionSequences, ActionVocabulary, SubjectTable } from './action-sequences.ts';
import { fitActions } from './fit-actions.ts';
import { historySearch } from './history-search.ts';
import { hashGrams } from './hashed-grams.ts';
import type { ImpressionLists } from './impression-lists.ts';
import { momentsOfPages } from './moment-features.ts';
import type { RankingSource } from './ranking-feeds.ts';
import { contentOptions, subjectFeatures } from './subject-features.ts';

/** What a ranking model learns from, as `data` gives it. */
export interface RankingColumns {
  readonly sequences: ActionSequences;
  readonly pages: ImpressionLists;
  readonly subjects: SubjectTable;
}

/**
 * Fits what a ranking model reads of data to the part before a cut: typical values, which subjects and authors are known.
 *
 * @param trainUntilMs what was done or shown from then on is new to the model
 */
export function rankingSource(
  columns: RankingColumns,
  { content, encoder }: Pick<RankerConfig, 'content' | 'encoder'>,
  trainUntilMs: number,
): RankingSource {
  const { sequences, pages, subjects } = columns;
  const known = knownSubjects(columns, trainUntilMs);
  const knownAuthors = new Set<number>();
  subjects.authors.forEach((author, at) => void (known[at] === 1 && knownAuthors.add(author)));
  const grams = { buckets: content.gramBuckets, gramsMax: content.gramsMax };
  const features = subjectFeatures(subjects, {
    ...contentOptions(content),
    known: (at) => known[at] === 1,
    knownAuthor: (author) => knownAuthors.has(author),
  });
  return {
    sequences,
    pages,
    subjects: features,
    queryGrams: hashGrams(sequences.queryTexts, grams),
    fitted: fitActions(sequences, trainUntilMs),
    moments: momentsOfPages(sequences, pages),
    search: encoder.kind === 'sim' ? historySearch(features, encoder.search) : null,
  };
}

/** `[subjects]`, 1 where somebody did something with a subject, or was shown it, before a moment. */
export function knownSubjects({ sequences, pages, subjects }: RankingColumns, untilMs: number): Uint8Array {
  const known = new Uint8Array(subjects.count);
  for (let at = 0; at < sequences.subjects.length; at++) {
    const subject = sequences.subjects[at]!;
    if (subject >= 0 && sequences.timesMs[at]! < untilMs) known[subject] = 1;
  }
  for (let list = 0; list < pages.listCount; list++) {
    if (pages.timesMs[list]! >= untilMs) continue;
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) known[pages.subjects[place]!] = 1;
  }
  return known;
}

/** Sizes of a model that reads such data. */
export function rankingVocabulary(vocabulary: ActionVocabulary, { embeddings }: Pick<SubjectTable, 'embeddings'>): RankingVocabulary {
  return {
    actions: vocabulary.actions.length,
    domains: vocabulary.domains.length,
    domainOfAction: [...vocabulary.domainOfAction],
    surfaces: vocabulary.surfaces.length,
    kinds: vocabulary.kinds.length,
    embeddingDimension: embeddings === null ? null : embeddings.dimension,
  };
}

/** A content config whose tables are no larger than what there is. */
export function fittingContent(content: RankerConfig['content'], { count, authors }: SubjectTable): RankerConfig['content'] {
  const authorCount = authors.reduce((most, author) => Math.max(most, author + 1), 1);
  return {
    ...content,
    idBuckets: Math.min(content.idBuckets, Math.max(1, count)),
    authorBuckets: Math.min(content.authorBuckets, authorCount),
  };
}
