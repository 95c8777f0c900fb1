import { NO_SEGMENT, type Segmentation } from '../impressions/scored-impressions.ts';

/** Segmentations that part anything, and a sentence on each that does not. O(places × segmentations). */
export function tellingSegmentations(segmentations: readonly Segmentation[]): {
  readonly telling: readonly Segmentation[];
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  const telling = segmentations.filter(({ name, names, codes }) => {
    const [first] = codes;
    if (codes.some((code) => code !== first)) return true;
    const alike = first === undefined || first === NO_SEGMENT ? 'nothing has one' : `all are of ${names[first]}`;
    notes.push(`Segments by ${name} are left out: ${alike}.`);
    return false;
  });
  return { telling, notes };
}
