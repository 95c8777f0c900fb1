import type { SourceFile } from '../reading/byte-source.ts';
import { idTooLongDetail, isIdTooLong } from '../id-length.ts';
import { RAW_CHARACTERS_MAX } from '../reject-log.ts';
import { rawText } from '../reading/record-reader.ts';
import { brokenRecordReject, checkText, readRecords } from './delimited.ts';
import type { FormatOptions, InteractionFormat, ReadControl, SourcePlan } from './format.ts';
import type { RowSink } from '../row-sink.ts';

/**
 * A user a line: the user's id, then item ids in order, separated by spaces or tabs (the form of the S³-Rec data sets).
 * No times; every item is one interaction, so nothing here is a duplicate.
 */
export const orderedSequences: InteractionFormat = {
  name: 'ordered-sequences',
  summary: 'a user a line: user then items in order (sequences.txt, .txt)',
  folderFiles: ['sequences.txt'],
  recognises: (file) => file.extension === '.txt' && looksLikeSequences(file),
  async plan(file, options): Promise<SourcePlan> {
    checkText(file);
    const delimiter = file.head.includes(9) ? '\t' : ' ';
    return {
      columns: { user: 'first of the line', item: 'the others' },
      order: 'file',
      timeUnit: null,
      hasEvents: false,
      read: (sink, control) => readSequences(file, delimiter, options, sink, control),
      async rawRows() {}, // only duplicates are looked up again
    };
  },
};

function looksLikeSequences(file: SourceFile): boolean {
  const text = Buffer.from(file.head).toString('latin1');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 1 && !file.headIsAll) lines.pop();
  const words = /^\s*[^\s,;|]+(?:[ \t]+[^\s,;|]+)*\s*$/;
  return lines.every((line) => words.test(line)) && lines.some((line) => /\S[ \t]+\S/.test(line));
}

async function readSequences(
  file: SourceFile,
  delimiter: string,
  options: FormatOptions,
  sink: RowSink,
  control: ReadControl,
): Promise<void> {
  await readRecords(file, control, {
    delimiter,
    quoting: false,
    maximumRecordBytes: options.maximumRecordBytes,
    onBroken: brokenRecordReject(sink, options),
    onRecord(record) {
      const { bytes, starts, ends, line } = record;
      let user = -1;
      let found = 0;
      for (let field = 0; field < record.fieldCount; field++) {
        const start = starts[field]!;
        const end = ends[field]!;
        if (start === end) continue; // repeated spaces
        found++;
        const tooLong = isIdTooLong(bytes, start, end, options.encoding);
        const index = tooLong ? -1 : (found === 1 ? sink.users : sink.items).intern(bytes, start, end);
        if (found > 1) sink.counts.rowsRead++;
        if (index < 0) {
          const raw = rawText(bytes, record.begin, record.end, options.encoding, RAW_CHARACTERS_MAX);
          if (found === 1) sink.counts.rowsRead++;
          if (tooLong) sink.rejects.add(line, 'id-too-long', idTooLongDetail(found === 1 ? 'user' : 'item'), raw);
          else sink.rejects.add(line, 'invalid-encoding', `id ${found} of the line is not valid UTF-8`, raw);
          if (found === 1) return;
        } else if (found === 1) user = index;
        else sink.rows.add(line, user, index, 0, 0);
      }
      if (found === 1) {
        sink.counts.rowsRead++;
        const raw = rawText(bytes, record.begin, record.end, options.encoding, RAW_CHARACTERS_MAX);
        sink.rejects.add(line, 'missing-item', 'a user without items', raw);
      }
    },
  });
}
