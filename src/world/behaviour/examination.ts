import { logistic } from '../../base/portable-math.ts';
import type { People } from '../population/people.ts';

/**
 * How a page is read: from the top, place by place, until the reader has had enough. This is the cascade of Craswell,
 * Zoeter, Taylor & Ramsey 2008, "An experimental comparison of click position-bias models", WSDM, in the form of Chapelle
 * & Zhang 2009, "A dynamic Bayesian network click model for web search ranking", WWW: after a place without a click, and
 * after a click that did or did not satisfy, the reader goes on with three different chances.
 */
export interface Reading {
  /** Chance to go on after a look without a click. */
  readonly onward: number;
  /** After a click that satisfied. */
  readonly afterSatisfied: number;
  /** After a click that did not. */
  readonly afterDisappointed: number;
  /** Places that one screen holds: what is on it counts as shown whether it was looked at or not. */
  readonly screen: number;
}

/** By surface, in order of SURFACES: a feed is browsed, a search stops when it has found. */
export const READINGS: readonly Reading[] = [
  { onward: 0.93, afterSatisfied: 0.9, afterDisappointed: 0.8, screen: 3 },
  { onward: 0.78, afterSatisfied: 0.25, afterDisappointed: 0.85, screen: 4 },
  { onward: 0.86, afterSatisfied: 0.75, afterDisappointed: 0.75, screen: 3 },
  { onward: 0.9, afterSatisfied: 0.5, afterDisappointed: 0.8, screen: 6 },
];

/** Chance that user `u` goes on, `base` being the surface's: patience moves its logit. */
export function onwardChance(people: People, u: number, base: number): number {
  const patience = people.patience[u]!;
  // Odds times patience squared, without a logarithm.
  const factor = patience < 0.3 ? 0.09 : patience * patience;
  const odds = (base / (1 - base)) * factor;
  return odds / (1 + odds);
}

/** Chance that a click on a feature's or an instrument's card satisfies: it leads where it says. */
export function cardSatisfyChance(pull: number): number {
  return logistic(0.2 + 1.5 * pull);
}
