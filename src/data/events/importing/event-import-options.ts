import { z } from 'zod';
import { checkImportOptions, type CheckedImportOptions, type ImportOptions } from '../../interactions/import-options.ts';
import { ImportOptionError } from '../../interactions/import-errors.ts';
import { SUBJECT_KINDS, type EventAction, type SubjectKind } from '../event-actions.ts';
import { IMPORT_ACTIONS } from './kind-actions.ts';

/** How events are imported: how the source is read, and what its rows mean. */
export interface EventImportOptions extends Pick<
  ImportOptions,
  | 'format' | 'columns' | 'delimiter' | 'header' | 'encoding' | 'timeUnit' | 'events' | 'minimumValue' | 'strict' | 'rejectLimit'
  | 'maximumRecordBytes' | 'threads' | 'memoryLimitMiB' // prettier-ignore
> {
  /** Name of the source, in front of the ids: the same name and the same row give the same event. @default The source's base name without extension */
  readonly name?: string | undefined;
  /** What the items are. @default 'content' */
  readonly subjectKind?: SubjectKind | undefined;
  /** Action by kind of event, for kinds whose name says nothing. @default By name: view → click, cart → order-placed, buy → trade-filled, … */
  readonly actions?: Readonly<Record<string, EventAction>> | undefined;
  /** Action of all rows of a source that has no kinds. @default 'click' */
  readonly action?: EventAction | undefined;
  /** A file for the rows that were rejected, as JSON lines. @default They are only counted */
  readonly rejectsFile?: string | undefined;
}

const action = z.enum(IMPORT_ACTIONS as [EventAction, ...EventAction[]]);

const schema = z.object({
  name: z
    .string()
    .min(1)
    .max(80)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u)
    .optional(),
  subjectKind: z.enum(SUBJECT_KINDS).default('content'),
  actions: z.record(z.string(), action).default({}),
  action: action.default('click'),
  rejectsFile: z.string().min(1).optional(),
});

/** {@link EventImportOptions} with every default filled in. */
export type CheckedEventImportOptions = z.output<typeof schema> & { readonly reading: CheckedImportOptions };

/** @throws {ImportOptionError} naming each option that is wrong */
export function checkEventImportOptions(options: EventImportOptions): CheckedEventImportOptions {
  const { name, subjectKind, actions, action: one, rejectsFile, ...reading } = options;
  const checked = schema.safeParse({ name, subjectKind, actions, action: one, rejectsFile });
  if (!checked.success) {
    throw new ImportOptionError(`Import options are wrong:\n${z.prettifyError(checked.error)}`, { issues: checked.error.issues });
  }
  // Reading has one set of options; a log has no destination.
  return { ...checked.data, reading: checkImportOptions({ ...reading, destination: 'none' }) };
}
