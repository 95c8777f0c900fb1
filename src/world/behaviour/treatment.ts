import type { People } from '../population/people.ts';

/** Chance of a trade after a visit without a card, in order of EFFECT_KINDS (lost cause, persuadable, sure thing, sleeping dog). */
const WITHOUT: readonly number[] = [0.012, 0.05, 0.38, 0.22];

/** What having looked at a card adds to it. */
const LIFT: readonly number[] = [0, 0.2, 0.01, -0.15];

/** Factor by intent, in order of INTENTS: who came to trade trades more, whatever they are shown. */
const BY_INTENT: readonly number[] = [0.5, 0.9, 0.7, 1.9, 1.6, 0.8, 0.35, 0.4];

/** Chances of a trade after a visit, without and with a card. */
export interface TreatmentChances {
  readonly without: number;
  readonly with: number;
}

/**
 * Potential outcomes of looking at a card that invites to trade: persuadables, sure things, lost causes and sleeping dogs
 * (Kane, Lo & Zheng 2014, "Mining for the truly responsive customers…", Journal of Marketing Analytics 2; the frame is
 * Rubin 1974, "Estimating causal effects of treatments…"). Both chances depend on intent and on the market, the
 * difference on who the user is.
 *
 * @param heat volatility that matters to the user; 1 is usual
 */
export function treatmentChances(people: People, u: number, heat: number): TreatmentChances {
  // Nobody trades without having shown who they are.
  if (people.tier[u] === 0) return { without: 0, with: 0 };
  const kind = people.effectKind[u]!;
  const factor = BY_INTENT[people.intent[u]!]! * (0.75 + 0.25 * Math.min(4, heat));
  const without = Math.min(0.95, WITHOUT[kind]! * factor);
  return { without, with: Math.max(0, Math.min(0.95, without + LIFT[kind]! * people.effectSize[u]! * factor)) };
}
