import type { UserRecord } from '../catalog/user-record.ts';
import { LOOKUP_KEYS, type RecordLookup } from './subject-table.ts';

/** Who the users of the other tables are, for segments. All columns are `[count]`. */
export interface UserTable {
  readonly count: number;
  readonly ids: readonly string[];
  /** Index into {@link jurisdictionNames}; 0 is unknown. */
  readonly jurisdictions: Uint16Array;
  /** The first is `''`. */
  readonly jurisdictionNames: readonly string[];
  /** Index into {@link languageNames}, the preferred language; 0 is unknown. */
  readonly languages: Uint16Array;
  /** The first is `''`. */
  readonly languageNames: readonly string[];
  /** 0 … 3; −1 where unknown. */
  readonly identityTiers: Int8Array;
  /** When the account was made; NaN where unknown. */
  readonly createdMs: Float64Array;
}

const NAMES_MAX = 65_535;

/**
 * Looks users up, a thousand at a time.
 *
 * @throws the signal's reason; what the lookup throws
 */
export async function userTable(
  ids: readonly string[],
  lookup: RecordLookup<UserRecord> | undefined,
  signal: AbortSignal | undefined,
): Promise<UserTable> {
  const count = ids.length;
  const jurisdictions = new Uint16Array(count);
  const languages = new Uint16Array(count);
  const identityTiers = new Int8Array(count).fill(-1);
  const createdMs = new Float64Array(count).fill(NaN);
  const jurisdictionCodes = new Map([['', 0]]);
  const languageCodes = new Map([['', 0]]);
  for (let from = 0; lookup !== undefined && from < count; from += LOOKUP_KEYS) {
    signal?.throwIfAborted();
    const records = await lookup(ids.slice(from, from + LOOKUP_KEYS));
    for (let at = 0; at < records.length; at++) {
      const record = records[at];
      if (record === null || record === undefined) continue;
      const user = from + at;
      jurisdictions[user] = codeOf(jurisdictionCodes, record.jurisdiction);
      languages[user] = codeOf(languageCodes, record.languages[0] ?? '');
      identityTiers[user] = record.identityTier;
      createdMs[user] = record.createdMs;
    }
  }
  const jurisdictionNames = [...jurisdictionCodes.keys()];
  const languageNames = [...languageCodes.keys()];
  return { count, ids, jurisdictions, jurisdictionNames, languages, languageNames, identityTiers, createdMs };
}

/** Names beyond what a code holds count as unknown: BCP 47 has no last tag. */
function codeOf(codes: Map<string, number>, name: string): number {
  const known = codes.get(name);
  if (known !== undefined) return known;
  if (codes.size > NAMES_MAX) return 0;
  codes.set(name, codes.size);
  return codes.size - 1;
}
