import type { AppendRejection } from './append-result.ts';
import type { Event } from './event.ts';

/** What a log remembers of all that ever arrived; {@link admitEvents} moves it. */
export interface Arrivals {
  /** Offset that the next event will get. */
  nextOffset: number;
  /** The latest time of an event that was accepted, gone ones included; -Infinity before the first. */
  lastTimeMs: number;
  /** The received time of the last event that was accepted; -Infinity before the first. */
  lastReceivedTimeMs: number;
  duplicates: number;
  tooLate: number;
  inFuture: number;
  outOfOrder: number;
}

/** Of an empty log. */
export function noArrivals(): Arrivals {
  return {
    nextOffset: 0,
    lastTimeMs: -Infinity,
    lastReceivedTimeMs: -Infinity,
    duplicates: 0,
    tooLate: 0,
    inFuture: 0,
    outOfOrder: 0,
  };
}

/** What a log turns away. */
export interface ArrivalBounds {
  readonly latenessMsMax: number;
  readonly futureMsMax: number;
}

/** The ids that a log holds. */
export interface KnownIds {
  has(id: string): boolean;
  /** Called with the id that `has` was just asked about, when its event is accepted. */
  add(id: string): void;
}

/** What {@link admitEvents} lets in. */
export interface Admission {
  /** The batch itself where nothing was rejected. */
  readonly accepted: readonly Event[];
  /** `[accepted]`: never falling, and not below that of the log's last event. */
  readonly receivedTimesMs: Float64Array;
  readonly rejected: { readonly index: number; readonly reason: AppendRejection }[];
}

/** The rules of `EventLog.append`, event by event: duplicate, else too late, else in the future, else accepted and counted. */
export function admitEvents(events: readonly Event[], arrivals: Arrivals, bounds: ArrivalBounds, ids: KnownIds): Admission {
  const receivedTimesMs = new Float64Array(events.length);
  const rejected: { index: number; reason: AppendRejection }[] = [];
  let accepted: Event[] | null = null;
  let count = 0;
  for (let index = 0; index < events.length; index++) {
    const event = events[index]!;
    const receivedTimeMs = Math.max(event.receivedTimeMs, arrivals.lastReceivedTimeMs);
    let reason: AppendRejection | null = null;
    if (ids.has(event.id)) {
      reason = 'duplicate';
      arrivals.duplicates++;
    } else if (event.timeMs < arrivals.lastTimeMs - bounds.latenessMsMax) {
      reason = 'too-late';
      arrivals.tooLate++;
    } else if (event.timeMs > receivedTimeMs + bounds.futureMsMax) {
      reason = 'in-future';
      arrivals.inFuture++;
    }
    if (reason !== null) {
      accepted ??= events.slice(0, index);
      rejected.push({ index, reason });
      continue;
    }
    ids.add(event.id);
    if (event.timeMs < arrivals.lastTimeMs) arrivals.outOfOrder++;
    else arrivals.lastTimeMs = event.timeMs;
    arrivals.lastReceivedTimeMs = receivedTimeMs;
    receivedTimesMs[count++] = receivedTimeMs;
    accepted?.push(event);
  }
  arrivals.nextOffset += count;
  return { accepted: accepted ?? events, receivedTimesMs, rejected };
}
