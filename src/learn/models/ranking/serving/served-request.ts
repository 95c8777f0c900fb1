import { NisusError } from '../../../../base/error.ts';
import type { UserActions } from './history-state.ts';
import type { RankerManifest } from './ranker-manifest.ts';
import type { ServedPage } from './serving-feeds.ts';

/** Thrown when a request does not fit the ranker. */
export class ServedRankerRequestError extends NisusError {
  constructor(problem: string, fields: Readonly<Record<string, unknown>>) {
    super('SERVED_RANKER_REQUEST', problem, { fields });
  }
}

/** @throws {ServedRankerRequestError} where actions do not fit a ranker of so many subjects */
export function checkActions(actions: UserActions, { names }: RankerManifest, subjects: number): void {
  const { length } = actions.actions;
  for (const name of ['subjects', 'surfaces', 'timesMs', 'values', 'queries'] as const) {
    if (actions[name].length !== length)
      throw new ServedRankerRequestError(`${length} actions, but ${actions[name].length} ${name}`, { column: name });
  }
  for (let at = 0; at < length; at++) {
    inRange('subject row', actions.subjects[at]!, 0, subjects);
    inRange('action', actions.actions[at]!, 0, names.actions.length - 1);
    inRange('surface', actions.surfaces[at]!, 0, names.surfaces.length - 1);
    if (!Number.isFinite(actions.timesMs[at]!))
      throw new ServedRankerRequestError(`the time of action ${at} is ${actions.timesMs[at]}; give milliseconds since the epoch`, { at });
  }
}

/** @throws {ServedRankerRequestError} where a page or its candidates do not */
export function checkPage(
  candidates: Int32Array,
  page: ServedPage,
  { names }: RankerManifest,
  most: { readonly subjects: number; readonly candidatesMax: number },
): void {
  if (candidates.length > most.candidatesMax) {
    throw new ServedRankerRequestError(
      `${candidates.length} candidates are more than ${most.candidatesMax}; retrieve fewer or raise candidatesMax`,
      { candidates: candidates.length },
    );
  }
  inRange('surface', page.surface, 0, names.surfaces.length - 1);
  if (!Number.isFinite(page.timeMs))
    throw new ServedRankerRequestError(`the page's time is ${page.timeMs}; give milliseconds since the epoch`, {});
  for (let at = 0; at < candidates.length; at++) inRange('candidate row', candidates[at]!, 1, most.subjects);
}

function inRange(what: string, value: number, from: number, to: number): void {
  if (value >= from && value <= to) return;
  throw new ServedRankerRequestError(
    `${what} ${value} is not in ${from} … ${to}; rows come from subjects.put, codes from the manifest's names`,
    {
      what,
      value,
    },
  );
}
