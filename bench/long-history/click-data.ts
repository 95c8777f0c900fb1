import { momentsOfPages } from '../../src/learn/actions/moment-features.ts';
import { labelsAsOf } from '../../src/data/actions/labels-as-of.ts';
import { platformTasks } from '../../src/data/actions/platform-tasks.ts';
import { taskOutcomes } from '../../src/data/actions/task-outcomes.ts';
import { fitActions } from '../../src/learn/actions/fit-actions.ts';
import { hashGrams } from '../../src/learn/actions/hashed-grams.ts';
import type { TaskLabels } from '../../src/learn/actions/impression-lists.ts';
import type { RankingSource } from '../../src/learn/actions/ranking-feeds.ts';
import { contentOptions, subjectFeatures } from '../../src/learn/actions/subject-features.ts';
import type { RankingVocabulary } from '../../src/learn/models/ranking/ranking-states.ts';
import type { LivedWorld } from './long-history-world.ts';

const DAY_MS = 86_400_000;

/** Sizes of what is known of subjects. */
export const CONTENT = { idBuckets: 20_000, topicBuckets: 256, authorBuckets: 1_000, gramBuckets: 8_192, gramsMax: 16, gramDimension: 16 };

/** Clicks of a world's last days, and all that models read. */
export interface ClickData {
  readonly source: RankingSource;
  readonly vocabulary: RankingVocabulary;
  readonly labels: TaskLabels;
  /** Numbers of pages: to learn from, to choose the epoch by, to judge by. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Cuts the end of a world's time into days to train, to validate and to test on; what came before is history alone. */
export function clickData(
  { world, data }: LivedWorld,
  days: { readonly train: number; readonly validation: number; readonly test: number },
): ClickData {
  const { sequences, pages, subjects } = data;
  const click = platformTasks.filter(({ name }) => name === 'click');
  const { labels } = labelsAsOf(taskOutcomes(data, click), pages, { asOfMs: Infinity });
  const endMs = world.timeMs();
  const testMs = endMs - days.test * DAY_MS;
  const validationMs = testMs - days.validation * DAY_MS;
  const trainMs = validationMs - days.train * DAY_MS;
  const between = (fromMs: number, toMs: number) =>
    Int32Array.from(pages.timesMs.keys()).filter((list) => pages.timesMs[list]! >= fromMs && pages.timesMs[list]! < toMs);
  const train = between(trainMs, validationMs);
  const known = new Uint8Array(subjects.count);
  const knownAuthors = new Set<number>();
  for (const list of train) {
    for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) {
      known[pages.subjects[place]!] = 1;
      knownAuthors.add(subjects.authors[pages.subjects[place]!]!);
    }
  }
  const grams = { buckets: CONTENT.gramBuckets, gramsMax: CONTENT.gramsMax };
  return {
    source: {
      sequences,
      pages,
      subjects: subjectFeatures(subjects, {
        ...contentOptions(CONTENT),
        known: (subject) => known[subject] === 1,
        knownAuthor: (author) => knownAuthors.has(author),
      }),
      queryGrams: hashGrams(sequences.queryTexts, grams),
      fitted: fitActions(sequences, validationMs),
      moments: momentsOfPages(sequences, pages),
    },
    vocabulary: {
      actions: sequences.vocabulary.actions.length,
      domains: sequences.vocabulary.domains.length,
      domainOfAction: [...sequences.vocabulary.domainOfAction],
      surfaces: sequences.vocabulary.surfaces.length,
      kinds: sequences.vocabulary.kinds.length,
      embeddingDimension: null,
    },
    labels,
    train,
    validation: between(validationMs, testMs),
    test: between(testMs, endMs),
  };
}
