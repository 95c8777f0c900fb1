import type { ComparedCell, Finding, Recommendation } from './comparison.ts';
import type { ComparisonOptions } from './comparison-options.ts';
import { cellLabel, describeFinding, figure, joinNames, magnitude, rolesInWords } from './comparison-words.ts';

/**
 * The rules, symmetric in A and B. Every finding that is better or worse after correction counts, whatever its role:
 *
 * - some better, none worse: ship B
 * - some worse, none better: keep A
 * - both: mixed
 * - neither: no difference that these data can show, with the smallest that they could
 *
 * What the data cannot rule out (a guarded task or a calibration whose interval reaches beyond the tolerance) is told as a caution.
 */
export function recommend(findings: readonly Finding[], cells: readonly ComparedCell[], options: ComparisonOptions): Recommendation {
  const better = findings.filter(({ verdict }) => verdict === 'better');
  const worse = findings.filter(({ verdict }) => verdict === 'worse');
  const verdict = better.length > 0 ? (worse.length > 0 ? 'mixed' : 'ship B') : worse.length > 0 ? 'keep A' : 'no difference';
  return {
    verdict,
    headline: headlineOf(verdict, findings),
    reasons: reasonsOf(findings, cells, options),
    cautions: cautionsOf(findings, cells, options),
    findings,
  };
}

function headlineOf(verdict: Recommendation['verdict'], findings: readonly Finding[]): string {
  const primary = findings.filter(({ role }) => role === 'primary');
  const count = (which: Finding['verdict']) => primary.filter((finding) => finding.verdict === which).length;
  const tasks = primary.length === 1 ? primary[0]!.task : `${primary.length} primary tasks`;
  const [good, bad] = [count('better'), count('worse')];
  const ofTasks = (number: number) => (primary.length === 1 ? tasks : `${number} of ${tasks}`);
  switch (verdict) {
    case 'ship B':
      if (good > 0) return `Ship B: it is better on ${ofTasks(good)}, and worse at nothing that the rules look at.`;
      return `Ship B: no primary task is told apart over all, but B is better ${placesOf(findings, 'better')}, and worse at nothing that the rules look at.`;
    case 'keep A':
      if (bad > 0) return `Keep A: B is worse on ${ofTasks(bad)}, and better at nothing that the rules look at.`;
      return `Keep A: no primary task is told apart over all, but B is worse ${placesOf(findings, 'worse')}.`;
    case 'mixed':
      return `Mixed: B is better ${placesOf(findings, 'better')}, and worse ${placesOf(findings, 'worse')}. The rules do not weigh one against the other: decide which matters.`;
    case 'no difference': {
      const [least] = primary.toSorted((first, second) => first.detectable - second.detectable);
      const smallest =
        primary.length === 1
          ? magnitude(least!.detectable)
          : `${magnitude(least!.detectable)} (${least!.task}) to ${magnitude(Math.max(...primary.map(({ detectable }) => detectable)))}`;
      return `No difference that these data can show: the smallest that they would is ${smallest} in ${joinNames([...new Set(primary.map(({ metric }) => metric))])}. Keep A unless B is cheaper.`;
    }
  }
}

/** `on click and like, and for click among new users`: at most three of a role by name. */
function placesOf(findings: readonly Finding[], which: Finding['verdict']): string {
  const parts = (['primary', 'guard', 'calibration', 'segment'] as const).flatMap((role) => {
    const found = findings.filter((finding) => finding.role === role && finding.verdict === which);
    if (found.length === 0) return [];
    const names = found.slice(0, 3).map((finding) => (role === 'segment' ? `${finding.task} (${finding.segment})` : finding.task));
    const more = found.length > 3 ? [`${found.length - 3} more`] : [];
    return [`${rolesInWords[role]} ${joinNames([...names, ...more])}`];
  });
  return joinNames(parts);
}

function reasonsOf(findings: readonly Finding[], cells: readonly ComparedCell[], options: ComparisonOptions): string[] {
  const told = (role: Finding['role']) => findings.filter((finding) => finding.role === role);
  const sentences = (some: readonly Finding[]) => some.map((finding) => describeFinding(finding, cells, options));
  const shownOrNone = (role: Finding['role'], none: (count: number) => string) => {
    const all = told(role);
    const shown = all.filter(({ verdict }) => verdict !== 'unclear');
    return all.length === 0 ? [] : shown.length === 0 ? [none(all.length)] : sentences(shown);
  };
  return [
    ...sentences(told('primary')),
    ...(told('guard').length > 0
      ? shownOrNone('guard', () => `Guarded, and not shown to worsen: ${joinNames(told('guard').map(({ task }) => task))}.`)
      : []),
    ...shownOrNone('calibration', (count) =>
      count === 1
        ? 'Calibration is not shown to worsen beyond its tolerance.'
        : `Calibration is not shown to worsen beyond its tolerance on any of ${count} tasks.`,
    ),
    ...segmentReasons(told('segment'), sentences),
  ];
}

/** All segments that are worse, and the three that gain most: the rest is in the tables. */
function segmentReasons(segments: readonly Finding[], sentences: (some: readonly Finding[]) => string[]): string[] {
  if (segments.length === 0) return [];
  const bySize = (verdict: Finding['verdict']) =>
    segments
      .filter((finding) => finding.verdict === verdict)
      .toSorted((first, second) => Math.abs(second.benefit) - Math.abs(first.benefit));
  const [worse, better] = [bySize('worse'), bySize('better')];
  const none = `None of the ${segments.length} segments measured is`;
  if (worse.length + better.length === 0) return [`${none} told apart after correction.`];
  const more = better.length > 3 ? [`B is better in ${better.length - 3} more of the ${segments.length} segments measured.`] : [];
  return [...sentences(worse), ...sentences(better.slice(0, 3)), ...more, ...(worse.length === 0 ? [`${none} shown to be harmed.`] : [])];
}

function cautionsOf(findings: readonly Finding[], cells: readonly ComparedCell[], options: ComparisonOptions): string[] {
  const cautions = cells
    .filter(({ task, segment, tooSmall }) => segment === null && tooSmall !== null && options.guardTasks.includes(task))
    .map(({ task, tooSmall }) => `${task} is guarded and could not be measured (${tooSmall}): nothing here says that it does not worsen.`);
  for (const { role, task, verdict, interval, tolerance, metric } of findings) {
    if (
      (role === 'guard' || role === 'calibration') &&
      verdict === 'unclear' &&
      interval[0] < -Math.max(tolerance, options.relevantDifference)
    ) {
      const allowed = tolerance > 0 ? `, more than the ${magnitude(tolerance)} allowed` : '';
      cautions.push(`${task}: these data do not rule out that its ${metric} worsens by as much as ${magnitude(-interval[0])}${allowed}.`);
    }
  }
  for (const { role, task, verdict, metric } of findings) {
    if (role !== 'primary' || (metric !== 'normalised entropy' && metric !== 'log loss')) continue;
    const area = cells.find((cell) => cell.task === task && cell.segment === null)?.metrics.find((each) => each.metric === 'AUC');
    if (area === undefined || area.pValue > options.alpha) continue;
    const [here, there] = area.difference > 0 ? ['B', 'A'] : ['A', 'B'];
    if ((verdict === 'worse' && here === 'B') || (verdict === 'better' && here === 'A')) {
      cautions.push(
        `${task}: ${here} orders better (AUC ${figure(area.first.value)} → ${figure(area.second.value)}) but ${there} gives the better probabilities: calibrate ${here} on validation and compare again.`,
      );
    }
  }
  const small = cells.filter(({ tooSmall }) => tooSmall !== null);
  if (small.length > 0) {
    const [example] = small;
    const are = small.length === 1 ? 'is' : 'are';
    cautions.push(
      `${small.length} of ${cells.length} cells ${are} too small to be measured, such as ${cellLabel(example!)} (${example!.tooSmall}).`,
    );
  }
  return cautions;
}
