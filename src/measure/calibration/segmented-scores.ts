import {
  checkLabelledScores,
  examplesError,
  requireLength,
  takeExamples,
  type CheckedScores,
  type LabelledScores,
} from './labelled-scores.ts';

/** Scores of which each belongs to a segment: a tier, a surface, a jurisdiction. */
export interface SegmentedScores extends LabelledScores {
  /** `[examples]`, the place in `segmentNames`; −1: none */
  readonly segments: Int32Array;
  /** Different names, not empty. */
  readonly segmentNames: readonly string[];
}

/** The examples of one segment. */
export interface SegmentExamples {
  readonly name: string;
  /** null where it has none with weight */
  readonly examples: LabelledScores | null;
}

/**
 * Checks the examples and parts them by segment. O(examples).
 *
 * @throws CalibrationError `CALIBRATION_EXAMPLES` for segments that are no places in the names, names that are empty or twice there;
 *   else as `checkLabelledScores`
 */
export function splitSegments(examples: SegmentedScores): { readonly all: CheckedScores; readonly segments: readonly SegmentExamples[] } {
  const { segments, segmentNames } = examples;
  const all = checkLabelledScores(examples);
  requireLength('segments', segments.length, all.scores.length);
  for (const [at, name] of segmentNames.entries()) {
    if (name === '' || segmentNames.indexOf(name) !== at) {
      throw examplesError(`segment name ${at} is ${JSON.stringify(name)}: names must be different and not empty`, { at, name });
    }
  }
  const counts = new Int32Array(segmentNames.length);
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at]!;
    if (segment < -1 || segment >= counts.length) {
      throw examplesError(`segment ${at} is ${segment}: there are ${counts.length} names; give a place in them, or −1 for none`, {
        at,
        segment,
      });
    }
    if (segment >= 0 && all.weights[at]! > 0) counts[segment]!++;
  }
  const places = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let at = 0; at < segments.length; at++) {
    const segment = segments[at]!;
    if (segment >= 0 && all.weights[at]! > 0) places[segment]![counts[segment]!++] = at;
  }
  return {
    all,
    segments: segmentNames.map((name, at) => ({ name, examples: places[at]!.length === 0 ? null : takeExamples(all, places[at]!) })),
  };
}
