import type { TaskLabels } from '../../learn/actions/impression-lists.ts';
import { placesOfLists, takePlaces, type ListPlaces } from '../../measure/impressions/places-of-lists.ts';
import type { ImpressionSource, ScoredImpressions, Segmentation } from '../../measure/impressions/scored-impressions.ts';
import { segmentsOf, type UserAttribute } from '../../measure/impressions/segments-of.ts';
import type { RankingData } from './open-ranking-data.ts';

/** Pages of a part of the data, ready to be filled with what models said of them. */
export interface ScoredPages {
  readonly places: ListPlaces;
  readonly segmentations: readonly Segmentation[];
}

/** Places and segments of some pages. */
export function pagesToScore(data: RankingData, lists: Int32Array, trainedUntilMs: number): ScoredPages {
  const places = placesOfLists(data.pages, lists);
  const { sequences, subjects, users } = data;
  const segmentations = segmentsOf({
    lists: data.pages,
    sequences,
    subjects,
    places,
    trainedUntilMs,
    userAttributes: [attribute('jurisdiction', users.jurisdictionNames, users.jurisdictions)],
  });
  return { places, segmentations };
}

/** What a model said of pages, with what came of them. Scores and labels are by place of the data. */
export function scoredImpressions(
  { places, segmentations }: ScoredPages,
  source: ImpressionSource,
  labels: TaskLabels,
  scores: Readonly<Record<string, Float32Array>>,
): ScoredImpressions {
  const { lists, users, subjects, positions, timesMs } = places;
  // A page may name one position twice, or none: what is measured needs places in order alone.
  const ascending = Int32Array.from(positions);
  for (let at = 1; at < ascending.length; at++) {
    if (lists[at] === lists[at - 1] && ascending[at]! <= ascending[at - 1]!) ascending[at] = ascending[at - 1]! + 1;
  }
  return {
    source,
    lists,
    users,
    subjects,
    positions: ascending,
    timesMs,
    tasks: Object.keys(scores).map((name) => ({
      name,
      kind: 'binary',
      labels: takePlaces(places, labels[name]!),
      scores: takePlaces(places, scores[name]!),
      calibrated: null,
    })),
    segmentations,
  };
}

const ATTRIBUTE_NAMES_MAX = 254;

/** The first 254 values of an attribute by their code; the first name, '', and later ones count as unknown. */
function attribute(name: string, names: readonly string[], codes: Uint16Array): UserAttribute {
  return {
    name,
    names: names.slice(1, ATTRIBUTE_NAMES_MAX + 1),
    codes: Uint8Array.from(codes, (code) => (code === 0 || code > ATTRIBUTE_NAMES_MAX ? 255 : code - 1)),
  };
}
