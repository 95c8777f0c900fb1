import type { Event } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { FeaturesNotBuiltError } from './feature-errors.ts';
import { passesFilter } from './event-filter.ts';
import { eventKeys, KEY_SEPARATOR } from './event-keys.ts';
import { eventTerms } from './event-terms.ts';
import type { FeatureDefinition, FeatureView } from './feature-declaration.ts';
import { DEFAULT_FEATURE_SETTINGS, type FeatureSettings } from './feature-settings.ts';
import type { FeatureName } from './feature-table.ts';
import { compileView, measuresOf } from './stream/compile-view.ts';
import { firstPane, isLate, lastPane, livePanes, paneOf, sealedPanes, type PaneWindow } from './stream/pane-window.ts';
import { createRecordArena } from './store/record-arena.ts';
import { clearRecord, newRecord } from './stream/record-state.ts';

/** What {@link explainFeature} looks for, and how far. */
export interface ExplainOptions<N extends string = string> {
  readonly feature: N;
  readonly key: string;
  readonly atMs: number;
  readonly settings?: FeatureSettings;
  /** Events looked at, the latest known first to count: of the user where the entity has one, else of the whole log. @default 10_000_000 */
  readonly eventsMax?: number;
}

/** One event's part in a value. */
export interface Contribution {
  readonly event: Event;
  readonly role: 'event' | 'numerator' | 'denominator';
  /** What it adds: the number, faded where the feature fades. */
  readonly amount: number;
  /** The terms that it adds, of features of terms. */
  readonly terms: readonly string[];
}

/** Why a value is what it is. */
export interface FeatureExplanation {
  readonly value: number | null | readonly string[];
  /** The events that made it, in order of received time. */
  readonly contributions: readonly Contribution[];
  /** Events of the key that passed the filter but lie outside the window, were replaced by later ones, or came too late. */
  readonly leftOut: { readonly outsideWindow: number; readonly replaced: number; readonly late: number };
  /** Events of the key that were known. */
  readonly known: number;
  /** False where the log holds more events than were looked at: the value may lack some. */
  readonly complete: boolean;
}

/**
 * Which events made a value: reads them from the log, and computes the value from them alone with the streaming
 * operators. Cost: the user's events for entities with a user, else one pass over the last `eventsMax` of the log.
 *
 * @throws {FeaturesNotBuiltError} where the view declares no such feature
 */
export async function explainFeature<V extends FeatureView>(
  view: V,
  log: Pick<EventLog, 'read' | 'readUser' | 'statistics'>,
  options: ExplainOptions<FeatureName<V>>,
): Promise<FeatureExplanation> {
  const { feature, key, atMs, settings = DEFAULT_FEATURE_SETTINGS, eventsMax = 10_000_000 } = options;
  const definition = (view.features as Readonly<Record<string, FeatureDefinition>>)[feature];
  if (definition === undefined) throw new FeaturesNotBuiltError(view.name, [feature]);
  const { events, complete } = await eventsOfKey(view, log, key, atMs, eventsMax);
  const candidates = events.flatMap((event) => contributionsOf(event, definition, atMs));
  const window = windowOf(definition, settings);
  const late = candidates.filter(
    ({ event }) => window !== null && window.latenessMs > 0 && isLate(window, event.timeMs, event.receivedTimeMs),
  );
  const inTime = candidates.filter((each) => !late.includes(each));
  const inWindow = inTime.filter(({ event }) => window === null || isWithin(window, definition, event.timeMs, atMs));
  const contributions = keepDeciding(inWindow, definition, window, atMs);
  return {
    value: valueOf(view, definition, feature, events, atMs, settings),
    contributions,
    leftOut: { outsideWindow: inTime.length - inWindow.length, replaced: inWindow.length - contributions.length, late: late.length },
    known: events.length,
    complete,
  };
}

async function eventsOfKey(
  view: FeatureView,
  log: Pick<EventLog, 'read' | 'readUser' | 'statistics'>,
  key: string,
  atMs: number,
  eventsMax: number,
): Promise<{ readonly events: readonly Event[]; readonly complete: boolean }> {
  const isOfKey = (event: Event) => event.receivedTimeMs < atMs && eventKeys(view.entity, event).includes(key);
  if (view.entity === 'user' || view.entity === 'user-tag' || view.entity === 'user-author') {
    const userId = key.split(KEY_SEPARATOR)[0]!;
    const events = await log.readUser(userId, { limit: eventsMax, receivedBeforeMs: atMs });
    return { events: events.filter(isOfKey), complete: events.length < eventsMax };
  }
  const { firstOffset, nextOffset } = await log.statistics();
  const from = Math.max(firstOffset, nextOffset - eventsMax);
  const events: Event[] = [];
  for await (const batch of log.read(from)) {
    for (const event of batch.events) if (isOfKey(event)) events.push(event);
    if (batch.events.at(-1)!.receivedTimeMs >= atMs) break;
  }
  return { events, complete: from === firstOffset };
}

function contributionsOf(event: Event, definition: FeatureDefinition, atMs: number): Contribution[] {
  const measures = measuresOf(definition);
  const terms = 'of' in definition && isTermKind(definition) ? eventTerms(definition.of, event) : [];
  return measures.flatMap(({ where, of }, role): Contribution[] => {
    const number = of === 'one' ? 1 : event[of];
    if (number === null || !passesFilter(where, event)) return [];
    if (isTermKind(definition) && terms.length === 0) return [];
    if ((definition.kind === 'price-return' || definition.kind === 'volatility') && !(number > 0)) return [];
    const amount = definition.kind === 'decayed' ? number * 2 ** ((event.timeMs - atMs) / definition.halfLifeMs) : number;
    return [{ event, role: measures.length === 1 ? 'event' : role === 0 ? 'numerator' : 'denominator', amount, terms }];
  });
}

function isTermKind(definition: FeatureDefinition): definition is Extract<FeatureDefinition, { kind: 'last' | 'distinct' | 'top' }> {
  return definition.kind === 'last' || definition.kind === 'distinct' || definition.kind === 'top';
}

/** The widest window whose events can matter; null: all. */
function windowOf(definition: FeatureDefinition, settings: FeatureSettings): PaneWindow | null {
  switch (definition.kind) {
    case 'sum':
    case 'ratio':
    case 'price-return':
    case 'volatility':
      return livePanes(definition.window);
    case 'volume-surge':
      return livePanes(definition.baseline);
    case 'distinct':
    case 'top':
    case 'quantile':
      return sealedPanes(definition.window, settings.allowedLatenessMs);
    case 'decayed':
    case 'last':
    case 'time-since':
      return null;
    default:
      return definition satisfies never;
  }
}

function isWithin(window: PaneWindow, definition: FeatureDefinition, timeMs: number, atMs: number): boolean {
  const pane = paneOf(window, timeMs);
  // The price that a return is measured from lies before its window.
  const first = definition.kind === 'price-return' ? -Infinity : firstPane(window, atMs);
  return pane >= first && pane <= lastPane(window, atMs);
}

/** Of kinds that a few events decide, those few. */
function keepDeciding(
  all: readonly Contribution[],
  definition: FeatureDefinition,
  window: PaneWindow | null,
  atMs: number,
): readonly Contribution[] {
  const inOrder = all.toSorted((a, b) => a.event.timeMs - b.event.timeMs); // Stable: equal times stay in order of offset.
  const keep = (chosen: readonly (Contribution | undefined)[]) => all.filter((each) => chosen.includes(each));
  switch (definition.kind) {
    case 'last':
      return keep(inOrder.slice(-definition.count));
    case 'time-since':
      return keep([inOrder.at(-1)]);
    case 'price-return': {
      const first = firstPane(window!, atMs);
      return keep([
        inOrder.findLast(({ event }) => paneOf(window!, event.timeMs) < first),
        inOrder.findLast(({ event }) => paneOf(window!, event.timeMs) >= first),
      ]);
    }
    case 'volatility':
      return keep([...new Map(inOrder.map((each) => [paneOf(window!, each.event.timeMs), each])).values()]);
    case 'sum':
    case 'ratio':
    case 'decayed':
    case 'distinct':
    case 'top':
    case 'quantile':
    case 'volume-surge':
      return all;
    default:
      return definition satisfies never;
  }
}

function valueOf(
  view: FeatureView,
  definition: FeatureDefinition,
  name: string,
  events: readonly Event[],
  atMs: number,
  settings: FeatureSettings,
): number | null | readonly string[] {
  const compiled = compileView({ ...view, features: { [name]: definition } }, settings.allowedLatenessMs);
  const record = newRecord('', compiled.layout, createRecordArena());
  clearRecord(record, compiled.layout);
  for (const event of events) {
    for (const { operator, filter, of, role } of compiled.steps.get(event.action) ?? []) {
      const amount = of === 'one' ? 1 : event[of];
      if (amount !== null && (filter === null || passesFilter(filter, event))) operator.update(record, event, amount, role);
    }
  }
  const { numbers, words, base, texts } = record;
  const value = compiled.features[0]!.operator.at(atMs).value({ numbers, words, base, text: (index) => texts[index]! });
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}
