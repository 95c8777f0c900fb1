import { ImpressionsError } from './impressions-error.ts';
import type { ScoredImpressions, ScoredTask, Segmentation } from './scored-impressions.ts';

/** Two models' answers about the same impressions, task by task. */
export interface ImpressionPair {
  readonly first: ScoredImpressions;
  readonly second: ScoredImpressions;
  /** Tasks that both have, in the order of the first. */
  readonly tasks: readonly { readonly first: ScoredTask; readonly second: ScoredTask }[];
  /** Segmentations that both have alike. */
  readonly segmentations: readonly Segmentation[];
  /** What only one has, or what they have differently, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Holds two models' answers side by side, place by place. The same lists of the same part of the same data with the same users, places,
 * subjects and labels are needed: a difference between models must not be one of what they were asked. O(places × tasks).
 *
 * @throws ImpressionsError `IMPRESSIONS_DIFFER` telling the first thing that differs
 */
export function pairImpressions(first: ScoredImpressions, second: ScoredImpressions): ImpressionPair {
  const [one, other] = [first.source, second.source];
  if (one.data.fingerprint !== other.data.fingerprint) {
    throw differ(`the first was asked about ${nameOf(one.data)}, the second about ${nameOf(other.data)}`);
  }
  if (one.part !== other.part) throw differ(`the first holds the ${one.part} part, the second the ${other.part} part`);
  requireSamePlaces(first, second);
  const notes: string[] = [];
  const tasks = first.tasks.flatMap((task) => {
    const match = second.tasks.find(({ name }) => name === task.name);
    if (match === undefined) return [];
    if (match.kind !== task.kind) throw differ(`task ${task.name} is ${task.kind} in the first and ${match.kind} in the second`);
    requireSameLabels(task, match, first);
    if ((task.calibrated === null) !== (match.calibrated === null)) {
      notes.push(`${task.name}: only ${task.calibrated === null ? 'B' : 'A'} is calibrated; each is measured as it would be served.`);
    }
    return [{ first: task, second: match }];
  });
  for (const [here, there, model] of [
    [first, second, 'A'],
    [second, first, 'B'],
  ] as const) {
    const alone = here.tasks.filter(({ name }) => !there.tasks.some((task) => task.name === name)).map(({ name }) => name);
    if (alone.length > 0) notes.push(`Only ${model} has ${alone.length === 1 ? 'task' : 'tasks'} ${alone.join(', ')}: not compared.`);
  }
  if (tasks.length === 0) {
    throw differ(`the first has the tasks ${namesOf(first.tasks)}, the second ${namesOf(second.tasks)}: none is the same`);
  }
  const segmentations = first.segmentations.filter((segmentation) => {
    const match = second.segmentations.find(({ name }) => name === segmentation.name);
    const isSame = match !== undefined && sameSegments(segmentation, match);
    if (!isSame) {
      const why = match === undefined ? 'the second has none' : 'its names or codes differ (another cut of training?)';
      notes.push(`Segments by ${segmentation.name} are left out: ${why}.`);
    }
    return isSame;
  });
  for (const { name } of second.segmentations) {
    if (!first.segmentations.some((known) => known.name === name)) notes.push(`Segments by ${name} are left out: the first has none.`);
  }
  return { first, second, tasks, segmentations, notes };
}

function requireSamePlaces(first: ScoredImpressions, second: ScoredImpressions): void {
  const shared = Math.min(first.lists.length, second.lists.length);
  for (let at = 0; at < shared; at++) {
    if (first.lists[at] !== second.lists[at] || first.positions[at] !== second.positions[at]) {
      const [one, other] = [first, second].map(({ lists, positions }) => `place ${positions[at]} of list ${lists[at]}`);
      throw differ(`at row ${at} the first holds ${one}, the second ${other} (${countsOf(first)} against ${countsOf(second)})`);
    }
    for (const column of ['users', 'subjects', 'timesMs'] as const) {
      if (first[column][at] === second[column][at]) continue;
      throw differ(
        `${column} of place ${first.positions[at]} of list ${first.lists[at]} are ${first[column][at]} and ${second[column][at]}`,
      );
    }
  }
  if (first.lists.length !== second.lists.length) throw differ(`the first has ${countsOf(first)}, the second ${countsOf(second)}`);
}

function requireSameLabels(first: ScoredTask, second: ScoredTask, { lists, positions }: ScoredImpressions): void {
  for (let at = 0; at < first.labels.length; at++) {
    if (Object.is(first.labels[at], second.labels[at]) || first.labels[at] === second.labels[at]) continue;
    throw differ(
      `the label of ${first.name} at place ${positions[at]} of list ${lists[at]} is ${first.labels[at]} in the first and ${second.labels[at]} in the second`,
    );
  }
}

function sameSegments(first: Segmentation, second: Segmentation): boolean {
  return first.names.join('\n') === second.names.join('\n') && first.codes.every((code, at) => code === second.codes[at]);
}

function countsOf({ lists }: ScoredImpressions): string {
  let count = 0;
  for (let at = 0; at < lists.length; at++) if (at === 0 || lists[at] !== lists[at - 1]) count++;
  return `${lists.length} places of ${count} lists`;
}

function nameOf({ name, fingerprint }: { readonly name: string; readonly fingerprint: string }): string {
  return `${name} (fingerprint ${fingerprint.slice(0, 12)})`;
}

function namesOf(tasks: readonly ScoredTask[]): string {
  return tasks.map(({ name }) => name).join(', ');
}

function differ(what: string): ImpressionsError {
  return new ImpressionsError(
    'IMPRESSIONS_DIFFER',
    `The two models cannot be compared: ${what}. Score the same lists of the same data with both.`,
    { what },
  );
}
