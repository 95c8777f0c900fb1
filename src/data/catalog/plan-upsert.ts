import type { CatalogUpsert, UpsertResult } from './catalog.ts';
import type { CatalogRecords, RecordType } from './catalog-record.ts';
import { RECORD_TYPES, recordKey } from './catalog-record.ts';
import { checkRecord } from './catalog-schema.ts';
import { lifecycleRefusal } from './lifecycle.ts';
import type { SubjectRecord } from './subject-record.ts';

/** A record that passed its schema, ready to be compared with what is there. */
export interface CheckedUpsert {
  readonly type: RecordType;
  readonly key: string;
  readonly record: CatalogRecords[RecordType];
  /** The record as canonical JSON: equal content, equal text. */
  readonly text: string;
  readonly upsert: CatalogUpsert;
}

/** What a catalog holds under a key. */
export interface Head {
  readonly version: number;
  readonly text: string;
}

/** A record that was turned away. */
export type Refused = Extract<UpsertResult, { outcome: 'refused' }>;

/** Checks a record against its schema. It looks at nothing that is stored, so it can be done outside of a transaction. */
export function checkUpsert(upsert: CatalogUpsert): CheckedUpsert | Refused {
  if (!RECORD_TYPES.includes(upsert.type)) {
    return { outcome: 'refused', reason: 'invalid', field: 'type', message: `type: must be one of ${RECORD_TYPES.join(', ')}` };
  }
  const checked = checkRecord(upsert.type, upsert.record);
  if (checked.record === null) return { outcome: 'refused', reason: 'invalid', field: checked.field, message: checked.message };
  const { record } = checked;
  return { type: upsert.type, key: recordKey(upsert.type, record), record, text: JSON.stringify(record), upsert };
}

/** What writing a checked record would do, all implementations alike; `write`: as a new version. */
export function planUpsert(checked: CheckedUpsert, head: Head | null): 'write' | UpsertResult {
  const { type, key, record, text, upsert } = checked;
  const found = head?.version ?? 0;
  const { expectedVersion = found, reinstate = false } = upsert;
  if (expectedVersion !== found) {
    const message =
      found === 0
        ? `${type} "${key}" is not there, version ${expectedVersion} was expected; write it with expectedVersion 0`
        : `${type} "${key}" has version ${found}, ${expectedVersion} was expected; read it again and repeat the change`;
    return { outcome: 'refused', reason: 'version', field: null, message };
  }
  if (head === null) return 'write';
  if (head.text === text) return { outcome: 'unchanged', version: found };
  if (type === 'subject') {
    const before = (JSON.parse(head.text) as SubjectRecord).lifecycle;
    const refusal = lifecycleRefusal(before, (record as SubjectRecord).lifecycle, reinstate);
    if (refusal !== null) {
      return { outcome: 'refused', reason: 'lifecycle', field: 'lifecycle', message: `subject "${key}": ${refusal}` };
    }
  }
  return 'write';
}
