import type { Event } from '../events/event.ts';
import { compareTerms } from './compare-terms.ts';
import { eventKeys } from './event-keys.ts';
import { eventNumber, eventPrice, passesFilter, PRICES } from './event-filter.ts';
import { eventTerms } from './event-terms.ts';
import type { Entity, EventFilter, EventNumber, EventTerm, FeatureDefinition, FeatureWindow } from './feature-declaration.ts';
import type { FeatureSettings } from './feature-settings.ts';
import { estimateDistinct, hashTerm, sketchMark } from './hyper-log-log.ts';
import { quantileBin, quantileBinMidpoint } from './quantile-bins.ts';
import { windowPanes } from './window-panes.ts';

/**
 * docs/decisions/0007-feature-semantics.md, line by line, with no thought of speed: filters the whole log for every value.
 * What the engines are held to.
 */

/** A value as the oracle and the engines give it. */
export type FeatureValue = number | null | readonly string[];

/** An event and its offset in the log. */
export interface LoggedEvent {
  readonly offset: number;
  readonly event: Event;
}

/**
 * Value of a feature for a key at a moment.
 *
 * @param log events in order of offset, `receivedTimeMs` never falling.
 */
export function oracleValue(
  definition: FeatureDefinition,
  entity: Entity,
  key: string,
  log: readonly LoggedEvent[],
  atMs: number,
  settings: FeatureSettings,
): FeatureValue {
  const ofKey = log.filter(({ event }) => eventKeys(entity, event).includes(key));
  const known = ofKey.filter(({ event }) => event.receivedTimeMs < atMs);
  switch (definition.kind) {
    case 'sum':
      return total(known, definition.where, definition.of, definition.window, atMs);
    case 'ratio': {
      const { numerator, denominator, priorMean, priorStrength, window } = definition;
      const above = total(known, numerator.where, numerator.of, window, atMs);
      const below = total(known, denominator.where, denominator.of, window, atMs);
      return below + priorStrength === 0 ? null : (above + priorMean * priorStrength) / (below + priorStrength);
    }
    case 'decayed':
      return counted(known, definition.where, definition.of)
        .map(([{ event }, number]) => number * 2 ** (-(atMs - event.timeMs) / definition.halfLifeMs))
        .reduce(plus, 0);
    case 'last':
      return known
        .filter(({ event }) => passesFilter(definition.where, event) && eventTerms(definition.of, event).length > 0)
        .toSorted(byTime)
        .slice(-definition.count)
        .flatMap(({ event }) => [...eventTerms(definition.of, event)]);
    case 'time-since': {
      const times = known.filter(({ event }) => passesFilter(definition.where, event)).map(({ event }) => event.timeMs);
      return times.length === 0 ? null : Math.max(0, atMs - Math.max(...times));
    }
    case 'distinct': {
      const registers = new Uint8Array(2 ** definition.precision);
      for (const { event } of sealed(ofKey, definition.where, definition.window, atMs, settings).flat()) {
        for (const term of eventTerms(definition.of, event)) {
          const { register, rank } = sketchMark(...hashTerm(term), definition.precision);
          registers[register] = Math.max(registers[register]!, rank);
        }
      }
      const registersOfRank = Array.from({ length: 66 }, (_, rank) => registers.filter((value) => value === rank).length);
      return estimateDistinct(registersOfRank);
    }
    case 'top': {
      const counts = new Map<string, number>();
      for (const pane of sealed(ofKey, definition.where, definition.window, atMs, settings)) {
        for (const [term, count] of termCounts(pane, definition.of, definition.termsMax)) counts.set(term, (counts.get(term) ?? 0) + count);
      }
      return [...counts]
        .toSorted(([a, countA], [b, countB]) => countB - countA || compareTerms(a, b))
        .slice(0, definition.count)
        .map(([term]) => term);
    }
    case 'quantile': {
      const numbers = sealed(ofKey, definition.where, definition.window, atMs, settings)
        .flat()
        .flatMap(({ event }) => eventNumber(definition.of, event) ?? []);
      const bins = numbers.map((number) => quantileBin(number)).toSorted((a, b) => a - b);
      const rank = Math.max(1, Math.ceil(definition.quantile * bins.length));
      return bins.length === 0 ? null : quantileBinMidpoint(bins[rank - 1]!);
    }
    case 'price-return': {
      const panes = windowPanes(definition.window);
      if (panes === null) return null;
      const last = Math.floor(atMs / panes.paneMs) - panes.behind;
      const first = last - panes.panes + 1;
      const pane = ({ event }: LoggedEvent) => Math.floor(event.timeMs / panes.paneMs);
      const now = lastPrice(known.filter((logged) => pane(logged) >= first && pane(logged) <= last));
      const before = lastPrice(known.filter((logged) => pane(logged) < first));
      return now === null || before === null ? null : now / before - 1;
    }
    case 'volatility': {
      const closes = inPanes(known, definition.window, atMs).flatMap((pane) => lastPrice(pane) ?? []);
      const returns = closes.slice(1).map((close, index) => Math.log(close / closes[index]!));
      if (returns.length < 2) return null;
      const mean = returns.reduce(plus) / returns.length;
      return Math.sqrt(returns.map((value) => (value - mean) ** 2).reduce(plus) / (returns.length - 1));
    }
    case 'volume-surge': {
      const base = total(known, PRICES, 'quantity', definition.baseline, atMs) / lengthMs(definition.baseline);
      return base <= 0 ? null : total(known, PRICES, 'quantity', definition.window, atMs) / lengthMs(definition.window) / base;
    }
  }
}

function counted(events: readonly LoggedEvent[], where: EventFilter, of: EventNumber): (readonly [LoggedEvent, number])[] {
  return events.flatMap((logged) => {
    const number = passesFilter(where, logged.event) ? eventNumber(of, logged.event) : null;
    return number === null ? [] : [[logged, number] as const];
  });
}

function total(known: readonly LoggedEvent[], where: EventFilter, of: EventNumber, window: FeatureWindow, atMs: number): number {
  const events = windowPanes(window) === null ? known : inPanes(known, window, atMs).flat();
  return counted(events, where, of)
    .map(([, number]) => number)
    .reduce(plus, 0);
}

/** The events of each pane of the window, oldest pane first. */
function inPanes(events: readonly LoggedEvent[], window: FeatureWindow, atMs: number): LoggedEvent[][] {
  const panes = windowPanes(window);
  if (panes === null) return [];
  const last = Math.floor(atMs / panes.paneMs) - panes.behind;
  return Array.from({ length: panes.panes }, (_, index) =>
    events.filter(({ event }) => Math.floor(event.timeMs / panes.paneMs) === last - panes.panes + 1 + index),
  );
}

/** The events that each sealed pane of the window took in, oldest pane first. */
function sealed(
  ofKey: readonly LoggedEvent[],
  where: EventFilter,
  window: FeatureWindow,
  atMs: number,
  { allowedLatenessMs }: FeatureSettings,
): LoggedEvent[][] {
  const panes = windowPanes(window);
  if (panes === null) return [];
  const last = Math.floor((atMs - allowedLatenessMs) / panes.paneMs) - 1;
  return Array.from({ length: panes.panes }, (_, index) => {
    const pane = last - panes.panes + 1 + index;
    const sealedAtMs = (pane + 1) * panes.paneMs + allowedLatenessMs;
    return ofKey.filter(
      ({ event }) => Math.floor(event.timeMs / panes.paneMs) === pane && event.receivedTimeMs < sealedAtMs && passesFilter(where, event),
    );
  });
}

/** Counts of the first `termsMax` terms that a pane meets; events come in order of offset. */
function termCounts(pane: readonly LoggedEvent[], of: EventTerm, termsMax: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { event } of pane) {
    for (const term of eventTerms(of, event)) {
      if (counts.has(term) || counts.size < termsMax) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return counts;
}

function lastPrice(events: readonly LoggedEvent[]): number | null {
  const priced = events.filter(({ event }) => eventPrice(event) !== null).toSorted(byTime);
  return priced.length === 0 ? null : eventPrice(priced.at(-1)!.event);
}

function lengthMs(window: FeatureWindow): number {
  return window.kind === 'all' ? NaN : window.lengthMs;
}

function byTime(left: LoggedEvent, right: LoggedEvent): number {
  return left.event.timeMs - right.event.timeMs || left.offset - right.offset;
}

function plus(left: number, right: number): number {
  return left + right;
}
