import type { CellData } from './cell-data.ts';
import { ratioEvaluator, type ComparedMetric, type Evaluator } from './evaluator.ts';

/**
 * Area under the ROC curve over all places of the cell, ties counting half: Σ yᵢ (1 − yⱼ) ([sᵢ > sⱼ] + ½ [sᵢ = sⱼ]) / Σ yᵢ Σ (1 − yⱼ), which
 * for labels 0 and 1 is `areaUnderCurve` of learn. NaN without both outcomes. Exact; O(places) a resample, in the order of memory.
 */
export function areaEvaluator({ order, scores, labels, users }: CellData): Evaluator {
  const count = order.length;
  const labelAt = new Float32Array(count);
  const userAt = new Int32Array(count);
  const runEnds: number[] = [];
  for (let place = 0; place < count; place++) {
    const row = order[place]!;
    labelAt[place] = labels[row]!;
    userAt[place] = users[row]!;
    if (place === count - 1 || scores[row] !== scores[order[place + 1]!]) runEnds.push(place + 1);
  }
  const ends = Int32Array.from(runEnds);
  return {
    metrics: ['AUC'],
    evaluate(draws, into, at) {
      let above = 0;
      let positives = 0;
      let negatives = 0;
      let place = 0;
      for (let run = 0; run < ends.length; run++) {
        const end = ends[run]!;
        let runPositives = 0;
        let runTotal = 0;
        for (; place < end; place++) {
          const weight = draws[userAt[place]!]!;
          runTotal += weight;
          runPositives += weight * labelAt[place]!;
        }
        const runNegatives = runTotal - runPositives;
        above += runPositives * (negatives + runNegatives / 2);
        positives += runPositives;
        negatives += runNegatives;
      }
      into[at] = positives > 0 && negatives > 0 ? above / (positives * negatives) : NaN;
    },
  };
}

/**
 * GAUC (Zhu et al. 2017, eq. 8): the mean of the AUC of each user, or each list, weighted by its places; groups with one outcome are left out.
 * The areas are found once; a resample costs O(users).
 */
export function groupedAreaEvaluator(data: CellData, by: 'user' | 'list'): Evaluator {
  const metric: ComparedMetric = by === 'user' ? 'GAUC by user' : 'GAUC by list';
  const groups = by === 'user' ? data.users : data.lists;
  const groupCount = by === 'user' ? data.userCount : data.listCount;
  const { areas, sizes } = groupAreas(data, groups, groupCount);
  const numerators = new Float64Array(data.userCount);
  const denominators = new Float64Array(data.userCount);
  for (const row of firstRows(data.rows, groups, groupCount)) {
    const group = groups[row]!;
    if (Number.isNaN(areas[group]!)) continue;
    numerators[data.users[row]!]! += sizes[group]! * areas[group]!;
    denominators[data.users[row]!]! += sizes[group]!;
  }
  return ratioEvaluator(metric, numerators, denominators);
}

/** AUC and places of each group, all in one pass by ascending score: what lies below a place is known when it is met. */
function groupAreas({ order, scores, labels }: CellData, groups: Int32Array, groupCount: number) {
  const [above, positives, negatives, runPositives, runNegatives, runScores, sizes] = Array.from(
    { length: 7 },
    () => new Float64Array(groupCount),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const endRun = (group: number) => {
    above[group]! += runPositives[group]! * (negatives[group]! + runNegatives[group]! / 2);
    positives[group]! += runPositives[group]!;
    negatives[group]! += runNegatives[group]!;
    runPositives[group] = 0;
    runNegatives[group] = 0;
  };
  for (let place = 0; place < order.length; place++) {
    const row = order[place]!;
    const group = groups[row]!;
    if (sizes[group]! > 0 && runScores[group] !== scores[row]) endRun(group);
    runScores[group] = scores[row]!;
    runPositives[group]! += labels[row]!;
    runNegatives[group]! += 1 - labels[row]!;
    sizes[group]!++;
  }
  const areas = new Float64Array(groupCount).fill(NaN);
  for (let group = 0; group < groupCount; group++) {
    if (sizes[group] === 0) continue;
    endRun(group);
    if (positives[group]! > 0 && negatives[group]! > 0) areas[group] = above[group]! / (positives[group]! * negatives[group]!);
  }
  return { areas, sizes };
}

/** The first row of each group that the cell has. */
function firstRows(rows: Int32Array, groups: Int32Array, groupCount: number): number[] {
  const met = new Uint8Array(groupCount);
  const first: number[] = [];
  for (const row of rows) {
    if (met[groups[row]!] === 1) continue;
    met[groups[row]!] = 1;
    first.push(row);
  }
  return first;
}
