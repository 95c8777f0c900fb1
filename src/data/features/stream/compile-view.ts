import { EVENT_ACTIONS, type EventAction } from '../../events/event-actions.ts';
import type { EventFilter, EventNumber, FeatureDefinition, FeatureView } from '../feature-declaration.ts';
import { PRICES } from '../event-filter.ts';
import { featureFingerprint } from '../feature-fingerprint.ts';
import { createDecayed } from './operators/decayed.ts';
import { createDistinct } from './operators/distinct.ts';
import { createLast } from './operators/last.ts';
import type { Operator, Place } from './operators/operator.ts';
import { createPriceReturn, createVolatility } from './operators/price-closes.ts';
import { createQuantile } from './operators/quantile.ts';
import { createRatio } from './operators/ratio.ts';
import { createSum } from './operators/sum.ts';
import { createTermHasher } from './operators/term-hash.ts';
import { createTimeSince } from './operators/time-since.ts';
import { createTop } from './operators/top.ts';
import { createVolumeSurge } from './operators/volume-surge.ts';
import { livePanes, sealedPanes } from './pane-window.ts';
import { recordLayout, type RecordLayout } from './record-state.ts';

/** A view made ready to run: layout of its records, and what each action does to them. */
export interface CompiledView {
  readonly view: FeatureView;
  readonly fingerprint: string;
  readonly layout: RecordLayout;
  /** In order of name, as are their segments. */
  readonly features: readonly CompiledFeature[];
  /** By action; no entry where the action moves no feature. */
  readonly steps: ReadonlyMap<EventAction, readonly Step[]>;
}

/** One feature of a view, and what computes it. */
export interface CompiledFeature {
  readonly name: string;
  readonly definition: FeatureDefinition;
  readonly operator: Operator;
  /** Where its state lies: its first segment, and how many it has. */
  readonly segment: number;
  readonly segments: number;
}

/** What an action can do to one feature. */
export interface Step {
  readonly operator: Operator;
  readonly of: EventNumber;
  readonly role: number;
  /** More that the event must fulfil; null where its action is enough. */
  readonly filter: EventFilter | null;
}

/** Version of how records are packed: another one is another fingerprint, so that old state is built anew and not misread. */
const STATE_VERSION = 1;

/** Name of a view's state in store: it stands for the declaration, its packing, and the lateness that sealed panes allow. */
export function stateFingerprint(view: FeatureView, allowedLatenessMs: number): string {
  return `${featureFingerprint(view)}-${STATE_VERSION}-${allowedLatenessMs}`;
}

/** Compiles a checked view. */
export function compileView(view: FeatureView, allowedLatenessMs: number): CompiledView {
  const names = Object.keys(view.features).sort();
  const segments = names.reduce((sum, name) => sum + segmentsOf(view.features[name]!), 0);
  const texts = names.filter((name) => needsText(view.features[name]!)).length;
  const layout = recordLayout(segments, texts);
  const hash = createTermHasher();
  const features: CompiledFeature[] = [];
  let segment = 0;
  let text = 0;
  for (const name of names) {
    const definition = view.features[name]!;
    const operator = createOperator(definition, { layout, segment, text }, allowedLatenessMs, hash);
    features.push({ name, definition, operator, segment, segments: segmentsOf(definition) });
    segment += segmentsOf(definition);
    if (needsText(definition)) text++;
  }
  return { view, fingerprint: stateFingerprint(view, allowedLatenessMs), layout, features, steps: stepsByAction(features) };
}

/** The measures of a feature, in order of role: which events move it, and by which of their numbers. */
export function measuresOf(definition: FeatureDefinition): readonly { readonly where: EventFilter; readonly of: EventNumber }[] {
  switch (definition.kind) {
    case 'ratio':
      return [definition.numerator, definition.denominator];
    case 'sum':
    case 'decayed':
    case 'quantile':
      return [{ where: definition.where, of: definition.of }];
    case 'last':
    case 'time-since':
    case 'distinct':
    case 'top':
      return [{ where: definition.where, of: 'one' }];
    case 'price-return':
    case 'volatility':
      return [{ where: PRICES, of: 'value' }];
    case 'volume-surge':
      return [{ where: PRICES, of: 'quantity' }];
    default:
      return definition satisfies never;
  }
}

function createOperator(
  definition: FeatureDefinition,
  place: Place,
  allowedLatenessMs: number,
  hash: ReturnType<typeof createTermHasher>,
): Operator {
  switch (definition.kind) {
    case 'sum':
      return createSum(place, livePanes(definition.window));
    case 'ratio':
      return createRatio(place, definition, livePanes(definition.window));
    case 'decayed':
      return createDecayed(place, definition.halfLifeMs);
    case 'last':
      return createLast(place, definition.of, definition.count);
    case 'time-since':
      return createTimeSince(place);
    case 'distinct':
      return createDistinct(place, { ...definition, hash }, sealedPanes(definition.window, allowedLatenessMs)!);
    case 'top':
      return createTop(place, definition, sealedPanes(definition.window, allowedLatenessMs)!);
    case 'quantile':
      return createQuantile(place, definition.quantile, sealedPanes(definition.window, allowedLatenessMs)!);
    case 'price-return':
      return createPriceReturn(place, livePanes(definition.window)!);
    case 'volatility':
      return createVolatility(place, livePanes(definition.window)!);
    case 'volume-surge':
      return createVolumeSurge(place, livePanes(definition.window)!, livePanes(definition.baseline)!);
    default:
      return definition satisfies never;
  }
}

function stepsByAction(features: readonly CompiledFeature[]): Map<EventAction, Step[]> {
  const steps = new Map<EventAction, Step[]>();
  for (const { definition, operator } of features) {
    measuresOf(definition).forEach(({ where, of }, role) => {
      const { actions: _actions, ...beyond } = where;
      const filter = Object.keys(beyond).length > 0 ? beyond : null;
      for (const action of new Set(where.actions ?? EVENT_ACTIONS)) {
        const list = steps.get(action) ?? [];
        list.push({ operator, of, role, filter });
        steps.set(action, list);
      }
    });
  }
  return steps;
}

function segmentsOf(definition: FeatureDefinition): number {
  return definition.kind === 'volume-surge' ? 2 : 1;
}

function needsText(definition: FeatureDefinition): boolean {
  return definition.kind === 'top' || (definition.kind === 'last' && definition.of !== 'time');
}
