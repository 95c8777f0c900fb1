import type { Behaviour } from './create-state.ts';
import { UnknownInWorldError } from './world-errors.ts';
import type { WorldState } from './world-state.ts';

/** What a world is made of, by its public face; so that the face holds nothing that a model must not see. */
const INSIDES = new WeakMap<object, { readonly state: WorldState; readonly behaviour: Behaviour }>();

/** Remembers the inside of a world that was just made. */
export function keepInside(world: object, state: WorldState, behaviour: Behaviour): void {
  INSIDES.set(world, { state, behaviour });
}

/**
 * The inside of a world; for `truth/` only.
 *
 * @throws {UnknownInWorldError} when `createWorld` did not make it
 */
export function insideOf(world: object): { readonly state: WorldState; readonly behaviour: Behaviour } {
  const inside = INSIDES.get(world);
  if (inside === undefined) throw new UnknownInWorldError('inside for', 'an object that createWorld did not make');
  return inside;
}
