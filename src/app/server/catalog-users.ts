import type { Catalog } from '../../data/catalog/catalog.ts';
import type { EventIntakeOptions } from './event-intake.ts';

/** Asks a catalog which users it knows. */
export function catalogUsers(catalog: Catalog): NonNullable<EventIntakeOptions['knownUsers']> {
  return async (userIds) => (await catalog.get('user', userIds)).map((user) => user !== null);
}
