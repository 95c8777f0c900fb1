import { printableText } from '../../base/printable-text.ts';
import type { EventFilter, FeatureDefinition, FeatureWindow } from '../../data/features/feature-declaration.ts';
import { formatDuration } from '../words/amounts.ts';
import { formatMoment, formatSpan } from '../words/moments.ts';

/** A feature's declaration in a few words each. */
export interface FeatureWords {
  /** `count`, `last 50`, … as the words of `declare.ts` have it. */
  readonly kind: string;
  /** What it is of, and which events count. */
  readonly of: string;
  readonly window: string;
}

/** A definition in words. */
export function featureWords(definition: FeatureDefinition): FeatureWords {
  switch (definition.kind) {
    case 'sum': {
      const { of, where, window } = definition;
      return of === 'one'
        ? { kind: 'count', of: filterWords(where), window: windowWords(window) }
        : { kind: 'sum', of: `${of} of ${filterWords(where)}`, window: windowWords(window) };
    }
    case 'ratio': {
      const { numerator, denominator, window } = definition;
      const side = ({ of, where }: typeof numerator) => (of === 'one' ? filterWords(where) : `${of} of ${filterWords(where)}`);
      return { kind: 'ratio', of: `${side(numerator)} / ${side(denominator)}`, window: windowWords(window) };
    }
    case 'decayed': {
      const { of, where, halfLifeMs } = definition;
      return {
        kind: 'decayed',
        of: of === 'one' ? filterWords(where) : `${of} of ${filterWords(where)}`,
        window: `half each ${formatSpan(halfLifeMs)}`,
      };
    }
    case 'last':
      return { kind: `last ${definition.count}`, of: `${definition.of} of ${filterWords(definition.where)}`, window: '–' };
    case 'time-since':
      return { kind: 'time since', of: filterWords(definition.where), window: '–' };
    case 'distinct':
      return { kind: 'distinct', of: `${definition.of}s of ${filterWords(definition.where)}`, window: windowWords(definition.window) };
    case 'top':
      return {
        kind: `top ${definition.count}`,
        of: `${definition.of}s of ${filterWords(definition.where)}`,
        window: windowWords(definition.window),
      };
    case 'quantile':
      return {
        kind: definition.quantile === 0.5 ? 'median' : `quantile ${definition.quantile}`,
        of: `${definition.of} of ${filterWords(definition.where)}`,
        window: windowWords(definition.window),
      };
    case 'price-return':
      return { kind: 'return', of: 'price', window: windowWords(definition.window) };
    case 'volatility':
      return { kind: 'volatility', of: 'price', window: windowWords(definition.window) };
    case 'volume-surge':
      return {
        kind: 'volume surge',
        of: 'quantity of price',
        window: `${windowWords(definition.window)} over ${windowWords(definition.baseline)}`,
      };
    default:
      return definition satisfies never;
  }
}

/** Names that a line has room for; more are told by their number. */
const NAMES_SHOWN = 3;

function filterWords({ actions, subjectKinds, surfaces, valueMin }: EventFilter): string {
  const words = [
    actions === undefined ? 'all events' : some(actions),
    ...(subjectKinds === undefined ? [] : [`about ${some(subjectKinds)}`]),
    ...(surfaces === undefined ? [] : [`on ${some(surfaces)}`]),
    ...(valueMin === undefined ? [] : [`of ${valueMin} or more`]),
  ];
  return printableText(words.join(' '));
}

function some(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return more <= 0 ? names.join(', ') : `${names.slice(0, NAMES_SHOWN).join(', ')} and ${more} more`;
}

function windowWords(window: FeatureWindow): string {
  switch (window.kind) {
    case 'all':
      return 'ever';
    case 'sliding':
      return `${formatSpan(window.lengthMs)} by ${formatSpan(window.paneMs)}`;
    case 'tumbling':
      return `last whole ${formatSpan(window.lengthMs)}`;
    default:
      return window satisfies never;
  }
}

/** Terms of a list that a line has room for. */
const TERMS_SHOWN = 4;

/** A feature's value for people; lists are cut. */
export function valueWords(definition: FeatureDefinition, value: number | null | readonly string[]): string {
  const { kind } = definition;
  if (value === null) return '–';
  if (typeof value === 'number') return kind === 'time-since' ? formatDuration(value / 1000) : numberWords(value);
  if (value.length === 0) return 'none';
  // Of the last ones the latest stand last, of the top ones the first are the most.
  const shown = kind === 'last' ? value.slice(-TERMS_SHOWN) : value.slice(0, TERMS_SHOWN);
  const terms = shown.map((term) => termWords(definition, term)).join(', ');
  if (shown.length === value.length) return terms;
  return kind === 'last' ? `… ${terms} (${value.length})` : `${terms} … (${value.length})`;
}

/** A term for people: of times, the moment. */
export function termWords(definition: FeatureDefinition, term: string): string {
  return 'of' in definition && definition.of === 'time' ? formatMoment(Number(term)) : printableText(term, 40);
}

/** A number with six significant digits, whole ones whole. */
export function numberWords(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
