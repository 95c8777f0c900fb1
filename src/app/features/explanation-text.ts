import type { Contribution } from '../../data/features/explain-feature.ts';
import type { FeatureDefinition } from '../../data/features/feature-declaration.ts';
import { EVENT_HEADER, eventCells } from '../events/event-words.ts';
import { formatCount, formatCountOf } from '../words/amounts.ts';
import { formatMoment } from '../words/moments.ts';
import { formatTable } from '../words/table.ts';
import type { PlatformExplanation } from './explain-platform.ts';
import { featureWords, numberWords, termWords, valueWords } from './feature-words.ts';

/**
 * Why a value is what it is, in words: the value, the sum behind it, and the latest events that made it. Lines without a last break.
 *
 * @param key as a person types it
 * @param eventsShown events listed at most; all are counted
 */
export function explanationText(explanation: PlatformExplanation, definition: FeatureDefinition, key: string, eventsShown: number): string {
  const { value, contributions, leftOut, known, complete, eventsMax } = explanation;
  const partial = complete ? '' : `, from the latest ${formatCount(eventsMax)} events of the log alone`;
  const { kind, of, window } = featureWords(definition);
  const lines = [
    `${explanation.view}.${explanation.feature} of ${key} at ${formatMoment(explanation.atMs)} UTC: ${valueWords(definition, value)}${partial}`,
    `  declared   ${kind} of ${of}${window === '–' ? '' : `, ${window}`}`,
  ];
  const sum = sumWords(definition, contributions);
  if (sum !== null) lines.push(`  made of    ${sum}`);
  const aside = [
    [leftOut.outsideWindow, 'outside the window'],
    [leftOut.replaced, 'replaced by later ones'],
    [leftOut.late, 'too late for their pane'],
  ] as const;
  const why = aside.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`);
  lines.push(
    `  events     ${formatCount(new Set(contributions.map(({ event }) => event)).size)} of ${formatCount(known)} known count${why.length === 0 ? '' : `; ${why.join(', ')}`}`,
  );
  if (!complete) lines.push('  note       the log is longer: the value lacks what older events add. --events N looks further back');
  if (contributions.length === 0) return lines.join('\n');
  const shown = contributions.slice(-eventsShown);
  const more = contributions.length - shown.length;
  if (more > 0) lines.push('', `The last ${formatCount(shown.length)}, after ${formatCountOf(more, 'earlier one')}:`);
  else lines.push('');
  lines.push(eventTable(definition, shown));
  return lines.join('\n');
}

/** The arithmetic of kinds that have one. */
function sumWords(definition: FeatureDefinition, contributions: readonly Contribution[]): string | null {
  const sumOf = (role: Contribution['role']) => contributions.reduce((sum, each) => (each.role === role ? sum + each.amount : sum), 0);
  if (definition.kind !== 'ratio') return null;
  const { priorMean, priorStrength } = definition;
  const [numerator, denominator] = [sumOf('numerator'), sumOf('denominator')].map(numberWords);
  return priorStrength === 0
    ? `${numerator} / ${denominator}`
    : `(${numerator} + ${priorMean} × ${priorStrength}) / (${denominator} + ${priorStrength})`;
}

function eventTable(definition: FeatureDefinition, contributions: readonly Contribution[]): string {
  const hasTerms = contributions.some(({ terms }) => terms.length > 0);
  const last = hasTerms ? 'gives' : definition.kind === 'ratio' ? 'counts for' : 'adds';
  const rows = contributions.map(({ event, role, amount, terms }) => {
    const adds = definition.kind === 'time-since' ? '' : numberWords(amount);
    const cell = hasTerms
      ? terms.map((term) => termWords(definition, term)).join(', ')
      : role === 'event'
        ? adds
        : `${role}${amount === 1 ? '' : ` ${adds}`}`;
    return [...eventCells(event), cell];
  });
  return formatTable([[...EVENT_HEADER, definition.kind === 'time-since' ? '' : last], ...rows], [3]);
}
