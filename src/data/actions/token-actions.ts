import { domainOf, EVENT_ACTIONS, SUBJECT_KINDS, type EventAction, type EventDomain } from '../events/event-actions.ts';
import type { ActionVocabulary } from './action-sequences.ts';

const NO_TOKENS: ReadonlySet<EventAction> = new Set(['impression', 'session-start', 'session-end', 'price']);

/** What a ranking model reads: everything that people do but seeing, coming and going. Prices are nobody's. */
export const TOKEN_ACTIONS: readonly EventAction[] = EVENT_ACTIONS.filter((action) => !NO_TOKENS.has(action));

/** The vocabulary of tokens: codes in order of `EVENT_ACTIONS`, whatever the order given. */
export function actionVocabulary(tokens: readonly EventAction[], surfaces: readonly string[]): ActionVocabulary {
  const actions = EVENT_ACTIONS.filter((action) => tokens.includes(action));
  const domains: EventDomain[] = [...new Set(actions.map(domainOf))];
  return {
    actions,
    domains,
    domainOfAction: Uint8Array.from(actions, (action) => domains.indexOf(domainOf(action))),
    surfaces,
    kinds: SUBJECT_KINDS,
  };
}

/** What an action's value is divided by: milliseconds to seconds, minor units to units; 0 where it has no unit. */
const UNIT_OF_ACTION: Readonly<Partial<Record<EventAction, number>>> = {
  dwell: 1000,
  'order-placed': 100,
  'trade-filled': 100,
  deposit: 100,
  withdrawal: 100,
};

/** `[actions]`, by place in `EVENT_ACTIONS`: see {@link UNIT_OF_ACTION}. */
export const UNITS: Float64Array = Float64Array.from(EVENT_ACTIONS, (action) => UNIT_OF_ACTION[action] ?? 0);
