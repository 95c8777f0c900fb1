import type { UserRecord } from '../../data/catalog/user-record.ts';
import { userIdOf, type People } from './people.ts';
import { PLACES } from './places.ts';

const LANGUAGES: readonly (readonly string[])[] = [['en'], ['en', 'zh'], ['zh'], ['zh', 'en']];

/** What the platform knows of user `u`. */
export function userRecordOf(people: People, u: number): UserRecord {
  const both = people.languages[u] === 3 ? 1 : 0;
  return {
    id: userIdOf(u),
    jurisdiction: PLACES[people.place[u]!]!.code,
    identityTier: people.tier[u] as UserRecord['identityTier'],
    riskClass: people.riskClass[u] as UserRecord['riskClass'],
    languages: LANGUAGES[people.firstLanguage[u]! * 2 + both]!,
    createdMs: people.createdMs[u]!,
  };
}
