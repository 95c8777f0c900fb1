/**
 * What to type, for errors of the wings below, which know options but no command line.
 *
 * @param program how the program is called here
 * @param command the first word after it
 */
export function errorHint(code: string, program: string, command = ''): string | null {
  switch (code) {
    case 'IMPORT_COLUMN_MISSING':
      if (command === 'events') return `On the command line: ${program} events import FILE --columns user=NAME,item=NAME,time=NAME`;
      return `On the command line: ${program} import FILE --columns user=NAME,item=NAME,time=NAME\nthen give the folder that it prints to train or start.`;
    case 'IMPORT_ROW_REJECTED':
      return 'Without --strict, bad rows are set aside in rejects.jsonl and told.';
    case 'IMPORT_FORMAT_UNKNOWN':
      return `Where the content is one of these formats under another name: ${program} ${command === 'events' ? 'events ' : ''}import FILE --format csv`;
    case 'FEATURES_NOT_BUILT':
      return `On the command line: ${program} features backfill, with the same --platform and --declaration.`;
    case 'LOG_LOCKED':
      return 'Commands that only read (statistics, user, export, features) work beside it.';
    default:
      return null;
  }
}
