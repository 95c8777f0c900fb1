import type { RankingColumns } from '../../../actions/ranking-source.ts';
import type { TaskLabels } from '../../../actions/impression-lists.ts';
import type { PlaceScores } from './linear-ranking.ts';

/**
 * How often each subject had an outcome when it was shown, drawn toward the rate of its kind as far as it was shown little:
 * (positives + strength × rate of the kind) / (shown + strength). Knows no user.
 *
 * @param strength impressions that the kind's rate counts as @default 50
 */
export function popularityRanking(
  { pages, subjects }: RankingColumns,
  labels: TaskLabels,
  { train, score }: { readonly train: Int32Array; readonly score: Int32Array },
  strength = 50,
): PlaceScores {
  const kindCount = subjects.kinds.reduce((most, kind) => Math.max(most, kind + 1), 1);
  const each = (lists: Int32Array, visit: (place: number, subject: number) => void) => {
    for (const list of lists) {
      for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) visit(place, pages.subjects[place]!);
    }
  };
  return Object.fromEntries(
    Object.entries(labels).map(([task, own]) => {
      const [shown, positives] = [new Float64Array(subjects.count), new Float64Array(subjects.count)];
      const [kindShown, kindPositives] = [new Float64Array(kindCount), new Float64Array(kindCount)];
      each(train, (place, subject) => {
        const label = own[place]!;
        if (Number.isNaN(label)) return;
        const kind = subjects.kinds[subject]!;
        shown[subject]!++;
        kindShown[kind]!++;
        positives[subject]! += label;
        kindPositives[kind]! += label;
      });
      const scores = new Float32Array(pages.subjects.length).fill(NaN);
      each(score, (place, subject) => {
        const kind = subjects.kinds[subject]!;
        const prior = (kindPositives[kind]! + 0.5) / (kindShown[kind]! + 1);
        scores[place] = Math.min(1, (positives[subject]! + strength * prior) / (shown[subject]! + strength));
      });
      return [task, scores];
    }),
  );
}
