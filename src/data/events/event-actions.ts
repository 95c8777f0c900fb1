/**
 * What can happen, and the domain it belongs to. A name is never reused or given another meaning. The place in this list
 * is an action's code in stored blocks: new ones go to the end, none is taken out.
 */
const DOMAIN_OF_ACTION = {
  impression: 'content',
  click: 'content',
  dwell: 'content',
  like: 'content',
  comment: 'content',
  share: 'content',
  follow: 'content',
  hide: 'content',
  report: 'content',
  open: 'feature',
  adopt: 'feature',
  complete: 'feature',
  abandon: 'feature',
  query: 'search',
  'result-click': 'search',
  refine: 'search',
  'order-placed': 'outcome',
  'trade-filled': 'outcome',
  deposit: 'outcome',
  withdrawal: 'outcome',
  'session-start': 'outcome',
  'session-end': 'outcome',
  price: 'market',
} as const;

/** One of the {@link EVENT_ACTIONS}. */
export type EventAction = keyof typeof DOMAIN_OF_ACTION;

/** `content`, `feature` and `search` are what people do in the app, `outcome` what came of it, `market` what prices did. */
export type EventDomain = (typeof DOMAIN_OF_ACTION)[EventAction];

/** Every action, in order of its code. */
export const EVENT_ACTIONS = Object.keys(DOMAIN_OF_ACTION) as readonly EventAction[];

/** The domain that an action belongs to. */
export function domainOf(action: EventAction): EventDomain {
  return DOMAIN_OF_ACTION[action];
}

/** Kinds of thing that an event can be about. Codes as with actions. */
export const SUBJECT_KINDS = ['content', 'feature', 'instrument'] as const;

/** One of the {@link SUBJECT_KINDS}. */
export type SubjectKind = (typeof SUBJECT_KINDS)[number];
