import type { EventAction } from './event-actions.ts';

/**
 * The actions that a sequence model reads as "the user took this up": one token each, over all three domains. Seeing
 * (`impression`), staying (`dwell`) and verdicts on what was taken up already (`like`, `share`, …) are not tokens.
 */
export const INTERACTION_ACTIONS = [
  'click',
  'open',
  'adopt',
  'complete',
  'result-click',
  'order-placed',
] as const satisfies readonly EventAction[];
