import { NisusError } from '../../../base/error.ts';
import type { ActionSequences, SubjectTable } from '../../actions/action-sequences.ts';
import { fitActions } from '../../actions/fit-actions.ts';
import { hashGrams } from '../../actions/hashed-grams.ts';
import { keepDomains } from '../../actions/keep-domains.ts';
import { pagesOfTargets, type NextActionTargets } from '../../actions/next-action-targets.ts';
import type { RankingSource } from '../../actions/ranking-feeds.ts';
import { contentOptions, subjectFeatures } from '../../actions/subject-features.ts';
import type { NextActionConfig } from '../../models/next-action/next-action-config.ts';
import type { RankingVocabulary } from '../../models/ranking/ranking-states.ts';

/** Thrown when a history is to be cut to domains that the data does not have. Code `ACTION_DOMAINS`. */
export class ActionDomainsError extends NisusError {
  constructor(named: readonly string[], known: readonly string[]) {
    super('ACTION_DOMAINS', `Domains are named that the data does not have: ${named.join(', ')}. It has ${known.join(', ')}.`, {
      fields: { named, known },
    });
  }
}

/** All that a next-action model is fed from; `pages` are the moments, page `i` asks for target `i`. */
export interface NextActionSource extends RankingSource {
  readonly targets: NextActionTargets;
}

/**
 * What a next-action model reads of some data. Subjects and authors that nothing in training was about have no id of their
 * own: their content speaks for them.
 *
 * @param trained numbers of the training targets: what comes after a user's last one is not looked at
 */
export function nextActionSource(
  data: { readonly sequences: ActionSequences; readonly subjects: SubjectTable },
  targets: NextActionTargets,
  trained: Int32Array,
  content: NextActionConfig['content'],
): NextActionSource {
  const { sequences, subjects } = data;
  const known = new Uint8Array(subjects.count);
  let untilMs = -Infinity;
  const meet = (subject: number) => {
    if (subject >= 0) known[subject] = 1;
  };
  let at = 0;
  for (const target of trained) {
    const first = sequences.offsets[targets.users[target]!]!;
    for (at = Math.max(at, first); at <= first + targets.visible[target]!; at++) meet(sequences.subjects[at]!);
    untilMs = Math.max(untilMs, targets.timesMs[target]! + 1);
  }
  const knownAuthors = new Set<number>();
  for (let subject = 0; subject < subjects.count; subject++) if (known[subject] === 1) knownAuthors.add(subjects.authors[subject]!);
  const grams = { buckets: content.gramBuckets, gramsMax: content.gramsMax };
  return {
    sequences,
    targets,
    pages: pagesOfTargets(targets),
    subjects: subjectFeatures(subjects, {
      ...contentOptions(content),
      known: (subject) => known[subject] === 1,
      knownAuthor: (author) => knownAuthors.has(author),
    }),
    queryGrams: hashGrams(sequences.queryTexts, grams),
    fitted: fitActions(sequences, untilMs),
    moments: null,
  };
}

/**
 * The same moments and targets with histories as they would be had nothing happened in other domains.
 *
 * @param names of domains to keep
 * @throws {ActionDomainsError}
 */
export function keepHistoryDomains(source: NextActionSource, names: readonly string[]): NextActionSource {
  const { domains } = source.sequences.vocabulary;
  const unknown = names.filter((name) => !domains.includes(name));
  if (unknown.length > 0 || names.length === 0) throw new ActionDomainsError(unknown, domains);
  const kept = keepDomains(source.sequences, source.pages, new Set(names.map((name) => domains.indexOf(name))));
  return { ...source, ...kept, targets: { ...source.targets, visible: kept.pages.visible } };
}

/** Sizes of a model's tables that follow from the data. */
export function nextActionVocabulary(
  { vocabulary }: Pick<ActionSequences, 'vocabulary'>,
  subjects: Pick<SubjectTable, 'embeddings'>,
): RankingVocabulary {
  return {
    actions: vocabulary.actions.length,
    domains: vocabulary.domains.length,
    domainOfAction: [...vocabulary.domainOfAction],
    surfaces: vocabulary.surfaces.length,
    kinds: vocabulary.kinds.length,
    embeddingDimension: subjects.embeddings?.dimension ?? null,
  };
}
