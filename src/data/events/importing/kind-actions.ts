import { ImportOptionError } from '../../interactions/import-errors.ts';
import { domainOf, EVENT_ACTIONS, type EventAction } from '../event-actions.ts';
import { actionHasSubject } from '../event-schema.ts';

/** Actions that an imported row can become: those that a user does to a subject. */
export const IMPORT_ACTIONS: readonly EventAction[] = EVENT_ACTIONS.filter(
  (action) => domainOf(action) !== 'market' && actionHasSubject(action),
);

/** What the usual names of a shop's or a feed's events mean; lower case, without separators. */
const USUAL: Readonly<Record<string, EventAction>> = {
  view: 'click',
  pageview: 'click',
  detail: 'click',
  pv: 'click',
  cart: 'order-placed',
  addtocart: 'order-placed',
  order: 'order-placed',
  buy: 'trade-filled',
  purchase: 'trade-filled',
  transaction: 'trade-filled',
  show: 'impression',
  favorite: 'like',
  fav: 'like',
  bookmark: 'like',
};

const OWN = new Map<string, EventAction>(IMPORT_ACTIONS.map((action) => [simplified(action), action]));

/**
 * The action of each kind of event in a source: as the caller says, else by its own or its usual name.
 *
 * @throws {ImportOptionError} naming the kinds that nothing is known of
 */
export function actionsOfKinds(kinds: readonly string[], given: Readonly<Record<string, EventAction>>): readonly EventAction[] {
  const unknown: string[] = [];
  const actions = kinds.map((kind) => {
    const action = Object.hasOwn(given, kind) ? given[kind] : (OWN.get(simplified(kind)) ?? usual(simplified(kind)));
    if (action === undefined) unknown.push(kind);
    return action ?? 'click';
  });
  if (unknown.length === 0) return actions;
  const shown = unknown.slice(0, 8).map((kind) => JSON.stringify(kind.slice(0, 40)));
  throw new ImportOptionError(
    `No action is known for the event kind${unknown.length > 1 ? 's' : ''} ${shown.join(', ')}${unknown.length > 8 ? ', …' : ''}. ` +
      `Say with "actions" what each means (${IMPORT_ACTIONS.join(', ')}), or leave kinds out with "events".`,
    { kinds: unknown.slice(0, 100) },
  );
}

function usual(name: string): EventAction | undefined {
  return Object.hasOwn(USUAL, name) ? USUAL[name] : undefined;
}

function simplified(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
