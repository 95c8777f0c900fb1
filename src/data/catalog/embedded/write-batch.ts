import type Database from 'better-sqlite3';
import type { UpsertResult } from '../catalog.ts';
import { RECORD_TYPES } from '../catalog-record.ts';
import type { CheckedUpsert, Refused } from '../plan-upsert.ts';
import { planUpsert } from '../plan-upsert.ts';
import type { SubjectRecord } from '../subject-record.ts';
import type { prepareStatements } from './catalog-statements.ts';

type Statements = ReturnType<typeof prepareStatements>;

/** Writes a batch in one transaction; the version to go on from is read inside of it. */
export function writeBatch(
  database: Database.Database,
  statements: Statements,
  batch: readonly (CheckedUpsert | Refused)[],
  changedMs: number,
): readonly UpsertResult[] {
  const write = database.transaction(() => {
    let version = statements.latestVersion.get()!;
    return batch.map((checked): UpsertResult => {
      if ('outcome' in checked) return checked;
      const type = RECORD_TYPES.indexOf(checked.type);
      const head = statements.head.get(type, checked.key);
      const plan = planUpsert(checked, head === undefined ? null : { version: head.version, text: head.body });
      if (plan !== 'write') return plan;
      version++;
      const lifecycle = checked.type === 'subject' ? (checked.record as SubjectRecord).lifecycle : null;
      statements.insertChange!.run(version, type, checked.key, changedMs, head?.version ?? 0, checked.text);
      if (head === undefined) statements.insertHead!.run(type, checked.key, version, lifecycle);
      else statements.updateHead!.run(version, lifecycle, type, checked.key);
      return { outcome: head === undefined ? 'created' : 'updated', version };
    });
  });
  return write.immediate();
}
