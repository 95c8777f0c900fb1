import { Presets, SingleBar } from 'cli-progress';
import type { Clock } from '../../../base/clock.ts';
import type { Progress } from '../../progress.ts';

/** Seconds between two plain lines. */
const LINE_EVERY_MS = 5000;

/**
 * A bar in a terminal, plain lines elsewhere.
 *
 * @param stream where it is shown: standard error, so that standard output holds results only
 */
export function createProgress(stream: NodeJS.WriteStream, clock: Clock): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream, clock);
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  let bar: SingleBar | null = null;
  return {
    begin(title, total) {
      bar?.stop();
      bar = new SingleBar(
        {
          stream,
          format: '  {title} {bar} {percentage}%  {facts}',
          barsize: 24,
          fps: 8,
          hideCursor: true,
          linewrap: false,
          forceRedraw: true,
          clearOnComplete: true,
          gracefulExit: false,
        },
        Presets.shades_classic,
      );
      bar.start(Math.max(1, total), 0, { title, facts: '' });
    },
    update(done, facts) {
      bar?.update(done, { facts });
    },
    note(line) {
      if (bar !== null) stream.write('\r\u001b[2K');
      stream.write(`  ${line}\n`);
    },
    end() {
      bar?.stop();
      bar = null;
    },
  };
}

function lineProgress(stream: NodeJS.WriteStream, clock: Clock): Progress {
  let work: { readonly title: string; readonly total: number; shownMs: number } | null = null;
  return {
    begin(title, total) {
      work = { title, total, shownMs: clock.monotonicMs() };
    },
    update(done, facts) {
      if (work === null || clock.monotonicMs() - work.shownMs < LINE_EVERY_MS) return;
      work.shownMs = clock.monotonicMs();
      const percent = Math.floor((100 * done) / Math.max(1, work.total));
      stream.write(`  ${work.title} ${percent}%  ${facts}\n`);
    },
    note(line) {
      stream.write(`  ${line}\n`);
    },
    end() {
      work = null;
    },
  };
}
