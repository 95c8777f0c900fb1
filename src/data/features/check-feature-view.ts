import { EVENT_ACTIONS, SUBJECT_KINDS } from '../events/event-actions.ts';
import { ENTITIES, type EventFilter, type FeatureDefinition, type FeatureView, type FeatureWindow } from './feature-declaration.ts';
import { FeatureDeclarationError } from './feature-errors.ts';

/** Bounds of a declaration: state and work of one key stay small whatever is declared. */
const PANES_MAX = 1024;
const COUNT_MAX = 1000;
const FEATURES_MAX = 256;
const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const NAME_LENGTH_MAX = 64;

const TERMS: readonly string[] = ['user', 'subject', 'author', 'instrument', 'tag', 'surface', 'action', 'query', 'time'];
const NUMBERS: readonly string[] = ['one', 'value', 'quantity'];

/** Checks one view, whoever made it: declarations also come back from storage. @throws {FeatureDeclarationError} naming the first fault */
export function checkFeatureView(view: FeatureView): void {
  checkName('view', view.name);
  oneOf(view.name, 'entity', view.entity, ENTITIES);
  const names = Object.keys(view.features);
  if (names.length === 0 || names.length > FEATURES_MAX) {
    throw new FeatureDeclarationError(`View "${view.name}" has ${names.length} features; expected 1 to ${FEATURES_MAX}.`, {
      view: view.name,
      features: names.length,
    });
  }
  for (const name of names) {
    checkName(`feature of view "${view.name}"`, name);
    checkDefinition(`${view.name}.${name}`, view.features[name]!, view);
  }
}

/** Checks that views can live together: each is sound, and no two have one name. @throws {FeatureDeclarationError} */
export function checkFeatureViews(views: readonly FeatureView[]): void {
  const seen = new Set<string>();
  for (const view of views) {
    checkFeatureView(view);
    if (seen.has(view.name)) {
      throw new FeatureDeclarationError(`Two views are named "${view.name}"; rename one.`, { view: view.name });
    }
    seen.add(view.name);
  }
}

function checkDefinition(at: string, definition: FeatureDefinition, view: FeatureView): void {
  switch (definition.kind) {
    case 'sum':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, NUMBERS);
      return checkWindow(at, definition.window, true);
    case 'ratio':
      for (const measure of [definition.numerator, definition.denominator]) {
        checkFilter(at, measure.where);
        oneOf(at, 'of', measure.of, NUMBERS);
      }
      within(at, 'priorMean', definition.priorMean, -Number.MAX_VALUE, Number.MAX_VALUE);
      within(at, 'priorStrength', definition.priorStrength, 0, Number.MAX_VALUE);
      return checkWindow(at, definition.window, true);
    case 'decayed':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, NUMBERS);
      return within(at, 'halfLifeMs', definition.halfLifeMs, 1, Number.MAX_SAFE_INTEGER);
    case 'last':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, TERMS);
      return whole(at, 'count', definition.count, 1, COUNT_MAX);
    case 'time-since':
      return checkFilter(at, definition.where);
    case 'distinct':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, TERMS);
      whole(at, 'precision', definition.precision, 4, 14);
      return checkWindow(at, definition.window, false);
    case 'top':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, TERMS);
      whole(at, 'count', definition.count, 1, COUNT_MAX);
      whole(at, 'termsMax', definition.termsMax, 1, COUNT_MAX);
      return checkWindow(at, definition.window, false);
    case 'quantile':
      checkFilter(at, definition.where);
      oneOf(at, 'of', definition.of, ['value', 'quantity']);
      within(at, 'quantile', definition.quantile, Number.MIN_VALUE, 1);
      return checkWindow(at, definition.window, false);
    case 'price-return':
      checkMarket(at, view);
      return checkWindow(at, definition.window, false);
    case 'volatility':
      checkMarket(at, view);
      checkWindow(at, definition.window, false);
      if (definition.window.kind !== 'sliding' || definition.window.lengthMs / definition.window.paneMs < 3) {
        throw fault(at, 'window', definition.window.kind, 'a sliding window of at least 3 panes: fewer never give two returns');
      }
      return;
    case 'volume-surge':
      checkMarket(at, view);
      checkWindow(at, definition.window, false);
      return checkWindow(at, definition.baseline, false);
    default:
      definition satisfies never;
      throw fault(at, 'kind', (definition as FeatureDefinition).kind, 'a kind of feature-declaration.ts');
  }
}

function checkWindow(at: string, window: FeatureWindow, allAllowed: boolean): void {
  if (window.kind === 'all') {
    if (!allAllowed) throw fault(at, 'window', 'all', 'sliding or tumbling: this kind of feature needs panes');
    return;
  }
  whole(at, 'lengthMs', window.lengthMs, 1, Number.MAX_SAFE_INTEGER);
  if (window.kind === 'tumbling') return;
  whole(at, 'paneMs', window.paneMs, 1, window.lengthMs);
  const panes = window.lengthMs / window.paneMs;
  if (!Number.isInteger(panes)) throw fault(at, 'paneMs', window.paneMs, `a divisor of the length of ${window.lengthMs} ms`);
  if (panes > PANES_MAX) throw fault(at, 'panes', panes, `${PANES_MAX} at most; widen the pane or shorten the window`);
}

function checkFilter(at: string, filter: EventFilter): void {
  for (const [field, allowed] of [
    ['actions', EVENT_ACTIONS],
    ['subjectKinds', SUBJECT_KINDS],
    ['surfaces', null],
  ] as const) {
    const values: readonly string[] | undefined = filter[field];
    if (values === undefined) continue;
    if (values.length === 0) throw fault(at, field, '[]', 'at least one, or leave the condition out');
    for (const value of values) if (allowed !== null) oneOf(at, field, value, allowed);
  }
  if (filter.valueMin !== undefined) within(at, 'valueMin', filter.valueMin, -Number.MAX_VALUE, Number.MAX_VALUE);
}

function checkMarket(at: string, view: FeatureView): void {
  if (view.entity !== 'instrument') throw fault(at, 'entity', view.entity, '"instrument": features of prices are about instruments');
}

function checkName(what: string, name: string): void {
  if (NAME.test(name) && name.length <= NAME_LENGTH_MAX) return;
  throw new FeatureDeclarationError(`A ${what} is named "${name}"; expected snake_case of at most ${NAME_LENGTH_MAX} letters.`, { name });
}

function whole(at: string, field: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value)) throw fault(at, field, value, 'a whole number');
  within(at, field, value, least, most);
}

function within(at: string, field: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most)) throw fault(at, field, value, `${least} to ${most}`);
}

function oneOf(at: string, field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw fault(at, field, value, `one of ${allowed.join(', ')}`);
}

function fault(at: string, field: string, value: unknown, expected: string): FeatureDeclarationError {
  return new FeatureDeclarationError(`Feature "${at}": ${field} is ${String(value)}; expected ${expected}.`, { feature: at, field, value });
}
