import type { CellName, ComparedCell, Comparison, Finding, Interval } from './comparison.ts';
import type { ComparisonOptions } from './comparison-options.ts';

/** What a role is about, before the names of its tasks. */
export const rolesInWords: Readonly<Record<Finding['role'], string>> = {
  primary: 'on',
  guard: 'on guarded',
  calibration: 'in the calibration of',
  segment: 'within a segment on',
};

/** `click`, or `click, tier: new user`. */
export function cellLabel({ task, segmentation, segment }: CellName): string {
  return segment === null ? task : `${task}, ${segmentation}: ${segment}`;
}

/** `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** A figure with four digits after the point and no zero before it: `.1234`, `−.0020`, `1.0312`. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  const text = Math.abs(value).toFixed(4).replace(/^0\./, '.');
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/** A difference with its sign: `+.0012`. */
export function signed(value: number): string {
  const text = figure(value);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** The size of a small amount: `.0012`, with two digits that count where four after the point would not show them. */
export function magnitude(value: number): string {
  const size = Math.abs(value);
  return size > 0 && size < 0.001 ? size.toPrecision(2).replace(/^0\./, '.') : figure(size);
}

/** `[.0012, .0034]`. */
export function intervalText([low, high]: Interval, show: (value: number) => string = figure): string {
  return `[${show(low)}, ${show(high)}]`;
}

/** `p < .001`, `p = .023`. */
export function pText(value: number): string {
  return value < 0.001 ? 'p < .001' : `p = ${value.toFixed(3).replace(/^0\./, '.')}`;
}

/** A p-value alone, for a table. */
export function pFigure(value: number): string {
  return value < 0.001 ? '< .001' : value.toFixed(3).replace(/^0\./, '.');
}

/** A finding as a sentence with the figures that it rests on. */
export function describeFinding(finding: Finding, cells: readonly ComparedCell[], { power }: ComparisonOptions): string {
  const { metric, benefit, interval, adjusted, verdict, tolerance, detectable } = finding;
  const cell = cells.find(
    (each) => each.task === finding.task && each.segmentation === finding.segmentation && each.segment === finding.segment,
  );
  const values = cell?.metrics.find((each) => each.metric === metric);
  const from = values === undefined ? '' : ` ${figure(values.first.value)} → ${figure(values.second.value)}`;
  const beyond = tolerance > 0 && verdict === 'worse' ? `, more than the ${magnitude(tolerance)} allowed` : '';
  if (verdict === 'unclear') {
    const unseen = `a difference below ${magnitude(detectable)} would not be found with ${Math.round(100 * power)} % power`;
    return `${cellLabel(finding)}: ${metric}${from}, not told apart (gain of B ${signed(benefit)} ${intervalText(interval, signed)}, adjusted ${pText(adjusted)}); ${unseen}.`;
  }
  const [low, high] = verdict === 'better' ? interval : ([0 - interval[1], 0 - interval[0]] as const);
  return `${cellLabel(finding)}: ${metric}${from}, ${verdict} by ${magnitude(benefit)} ${intervalText([low, high])}${beyond}, adjusted ${pText(adjusted)}.`;
}

/** The rules and the protocol, a line each, as every report prints them. */
export function rulesInWords({ options, recommendation, kind, data }: Comparison): { readonly label: string; readonly text: string }[] {
  const { resamples, confidence, seed, alpha, power, usersMin, outcomesMin } = options;
  const tasksOf = (role: Finding['role']) => [
    ...new Set(recommendation.findings.filter((each) => each.role === role).map(({ task }) => task)),
  ];
  const metrics = [...new Set(recommendation.findings.filter(({ role }) => role === 'primary').map(({ metric }) => metric))];
  const guarded = tasksOf('guard');
  const percent = (share: number) => `${Number((100 * share).toFixed(4))} %`;
  const unit = kind === 'impressions' ? 'impressions' : 'cases';
  return [
    { label: 'primary tasks', text: `${tasksOf('primary').join(', ')}; decided by ${metrics.join(', ')}` },
    ...(kind === 'cases'
      ? []
      : [
          { label: 'guarded', text: guarded.length === 0 ? 'none' : `${guarded.join(', ')}: must not worsen` },
          {
            label: 'calibration',
            text: `debiased ECE must not rise by more than ${percent(options.calibrationTolerance)} of the task's rate`,
          },
        ]),
    {
      label: 'segments',
      text: `each primary${kind === 'cases' ? '' : ' and guarded'} task in each segment of ${usersMin} users and more${kind === 'cases' ? '' : ` with ${outcomesMin} of either outcome`}; differences up to ${options.relevantDifference} do not count`,
    },
    { label: 'findings', text: `Holm over each of these families, at ${alpha}; smallest detectable difference at ${percent(power)} power` },
    { label: 'verdict', text: 'something better and nothing worse: ship B; the reverse: keep A; both: mixed; neither: no difference' },
    {
      label: 'intervals',
      text: `${percent(confidence)} percentile, paired bootstrap of ${resamples} resamples over ${data.users} users, seed ${seed}${kind === 'cases' ? '' : '; of calibration errors centred on the estimate'}`,
    },
    ...(kind === 'cases'
      ? []
      : [
          {
            label: 'scores',
            text:
              options.scores === 'served'
                ? 'as served: calibrated, where the run has calibrators'
                : 'as the model gives them, before calibration',
          },
        ]),
    {
      label: 'asked',
      text: `${data.part} of ${data.name}: ${data.examples} ${unit}${data.lists === null ? '' : ` on ${data.lists} pages`} of ${data.users} users`,
    },
  ];
}
