import { NONE } from './population/people.ts';

/** What users are doing right now, as columns beside {@link People}: a visit is a run of pages with pauses between them. */
export type Visits = ReturnType<typeof emptyVisits>;

/** Nobody is there yet. */
export function emptyVisits(users: number) {
  return {
    /** 0 away, 1 away but may come at the next tick in the calendar, 2 visiting. */
    phase: new Uint8Array(users),
    /** Visits so far: the number of the running one. */
    number: new Uint32Array(users),
    page: new Uint16Array(users),
    /** Surface of the next page. */
    surface: new Uint8Array(users),
    startMs: new Float64Array(users),
    /** When the next page is asked for. */
    readyMs: new Float64Array(users),
    /** Time until the platform has this visit's events. */
    lagMs: new Float64Array(users),
    aboutInstrument: new Int16Array(users).fill(NONE),
    /** What a search is after: at most one of the three, else -1. */
    soughtTopic: new Int16Array(users).fill(NONE),
    soughtInstrument: new Int16Array(users).fill(NONE),
    soughtFeature: new Int8Array(users).fill(NONE),
    /** Times that the running search was worded anew. */
    refinements: new Uint8Array(users),
    utility: new Float32Array(users),
    pages: new Uint16Array(users),
    /** 1: looked at a card that invites to trade. */
    treated: new Uint8Array(users),
    treatedInstrument: new Int16Array(users).fill(NONE),
  };
}

export const AWAY = 0;
export const MAY_COME = 1;
export const VISITING = 2;
