import type { Page, PageRequest, Policy } from '../policy.ts';
import { createLiveShelf, type LiveShelf } from './live-shelf.ts';
import { candidatesFor, type PageCandidates } from './page-candidates.ts';
import { mayShow, readerOf, type Candidate, type PlatformView, type Reader } from './platform-view.ts';

/** One item chosen for a page. */
export interface Choice {
  readonly candidate: Candidate;
  readonly propensity: number;
}

/** How a policy fills a page from what may be on it. */
export type FillPage = (
  request: PageRequest,
  candidates: PageCandidates,
  shelf: LiveShelf,
  mayShowIt: (candidate: Candidate) => boolean,
  reader: Reader,
) => readonly Choice[];

/**
 * What the simple policies have in common: they keep a shelf of what lives, find what belongs on the surface, and fill the
 * page by a rule of their own.
 */
export function createShelfPolicy(
  name: string,
  view: PlatformView,
  fill: FillPage,
  shelf = createLiveShelf(view.eligibilityRules),
): Policy {
  const page = (request: PageRequest): Page => {
    const reader = readerOf(view, request.userId, request.timeMs);
    const allowed = (candidate: Candidate) => mayShow(candidate, reader);
    const choices = fill(request, candidatesFor(shelf, request, reader.languages), shelf, allowed, reader);
    return {
      items: choices.map(({ candidate, propensity }) => ({ kind: candidate.kind, id: candidate.id, propensity })),
      modelVersion: name,
      experiments: null,
    };
  };
  return {
    name,
    pages: (requests) => requests.map(page),
    learnSubjects: (records) => shelf.update(records),
  };
}

/** The first candidates that may be shown, for policies that put them in one order; cards follow the posts, each fourth place one. */
export function inOrder(
  count: number,
  candidates: PageCandidates,
  mayShowIt: (candidate: Candidate) => boolean,
  order: readonly Candidate[],
): Choice[] {
  const cards = [...candidates.instruments.slice(0, count), ...candidates.features].filter(mayShowIt);
  const choices: Choice[] = [];
  let card = 0;
  let post = 0;
  while (choices.length < count) {
    while (post < order.length && !mayShowIt(order[post]!)) post++;
    const takesCard = card < cards.length && (post >= order.length || choices.length % 4 === 3);
    if (!takesCard && post >= order.length) break;
    choices.push({ candidate: takesCard ? cards[card++]! : order[post++]!, propensity: 1 });
  }
  return choices;
}
