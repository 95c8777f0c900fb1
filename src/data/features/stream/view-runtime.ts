import type { Event } from '../../events/event.ts';
import type { EventBatch } from '../../events/event-log.ts';
import { passesFilter } from '../event-filter.ts';
import { eventKeys } from '../event-keys.ts';
import type { Checkpoint, RecordVisitor, ViewChange } from '../store/feature-store.ts';
import type { CompiledView, Step } from './compile-view.ts';
import { createRecordArena } from '../store/record-arena.ts';
import { clearRecord, decodeRecord, encodedBytesMax, encodeRecord, newRecord, type RecordState } from './record-state.ts';

/**
 * One view at work: the hot records, and what of them the store does not have yet. A batch goes through in two steps, so
 * that records are fetched in one read: {@link ViewRuntime.prepare} names what is missing, {@link ViewRuntime.apply} adds.
 */
export interface ViewRuntime {
  readonly compiled: CompiledView;
  readonly timeToLiveMs: number | null;
  checkpoint: Checkpoint;
  /** Records that differ from the store. */
  dirtyCount(): number;
  recordCount(): number;
  /** Finds the records that a batch touches; returns those to be fetched first. */
  prepare(batch: EventBatch): readonly RecordState[];
  /** Visitor for the store's read of what {@link ViewRuntime.prepare} returned. */
  visitor(missing: readonly RecordState[]): RecordVisitor;
  /** Undoes {@link ViewRuntime.prepare} where the read failed. */
  forget(missing: readonly RecordState[]): void;
  /** Adds the batch that was prepared. All of it or nothing is seen between two turns of the event loop. */
  apply(batch: EventBatch, missing: readonly RecordState[]): void;
  /** A cached record; undefined where only the store can know. */
  peek(key: string): RecordState | undefined;
  /** Packs what differs from the store and takes it for stored. */
  takeChange(): { readonly change: ViewChange; readonly records: readonly RecordState[] };
  /** Takes back {@link ViewRuntime.takeChange}, whose commit failed. */
  restore(records: readonly RecordState[]): void;
  /** Records touched since the last rotation. */
  hotCount(): number;
  /** Lets go of records not touched since the last rotation. All that was changed before that must be committed, and no batch be prepared. */
  rotate(): void;
}

/** Bytes of the chunks that records are packed into. */
const CHUNK_BYTES = 1024 * 1024;

/** Makes a runtime that goes on from a checkpoint. */
export function createViewRuntime(compiled: CompiledView, timeToLiveMs: number | null, from: Checkpoint): ViewRuntime {
  const { layout, steps, view } = compiled;
  // Two generations: what is not touched for one of them goes with the next rotation. No bookkeeping a touch, as an exact LRU has.
  const arena = createRecordArena();
  let generation = 0;
  let young = new Map<string, RecordState>();
  let old = new Map<string, RecordState>();
  // A view begun here that has let nothing go: what is not in memory is nowhere, and the store need not be asked.
  let holdsAll = from.events === 0 && from.nextOffset === 0;
  let dirty: RecordState[] = [];
  const workRecords: RecordState[] = [];
  const workEvents: Event[] = [];
  const workSteps: (readonly Step[])[] = [];

  function recordOf(key: string, missing: RecordState[]): RecordState {
    let record = young.get(key);
    if (record !== undefined) return record;
    record = old.get(key);
    if (record === undefined) {
      record = newRecord(key, layout, arena);
      if (holdsAll) {
        clearRecord(record, layout);
        record.loaded = true;
      } else {
        missing.push(record);
      }
    }
    record.generation = generation;
    young.set(key, record);
    return record;
  }

  function addEvent(record: RecordState, event: Event, list: readonly Step[]): number {
    let late = 0;
    // Whether the sweep was here already or not makes no difference.
    if (timeToLiveMs !== null && record.numbers[record.base]! + timeToLiveMs < event.receivedTimeMs && record.used > layout.bodyStart) {
      clearRecord(record, layout);
    }
    for (let s = 0; s < list.length; s++) {
      const step = list[s]!;
      if (step.filter !== null && !passesFilter(step.filter, event)) continue;
      const amount = step.of === 'one' ? 1 : step.of === 'value' ? event.value : event.quantity;
      if (amount === null) continue;
      if (!step.operator.update(record, event, amount, step.role)) late++;
    }
    record.numbers[record.base] = event.receivedTimeMs;
    if (!record.dirty) {
      record.dirty = true;
      dirty.push(record);
    }
    return late;
  }

  const runtime: ViewRuntime = {
    compiled,
    timeToLiveMs,
    checkpoint: from,
    dirtyCount: () => dirty.length,
    recordCount: () => young.size + old.size,
    prepare({ firstOffset, events }) {
      workRecords.length = workEvents.length = workSteps.length = 0;
      const missing: RecordState[] = [];
      const first = Math.max(0, runtime.checkpoint.nextOffset - firstOffset);
      for (let i = first; i < events.length; i++) {
        const event = events[i]!;
        const list = steps.get(event.action);
        if (list === undefined || !anyFires(list, event)) continue;
        const keys = eventKeys(view.entity, event);
        for (let k = 0; k < keys.length; k++) {
          workRecords.push(recordOf(keys[k]!, missing));
          workEvents.push(event);
          workSteps.push(list);
        }
      }
      return missing;
    },
    visitor: (missing) => (index, memory) => decodeRecord(missing[index]!, layout, memory),
    forget(missing) {
      for (const { key } of missing) young.delete(key);
    },
    apply({ firstOffset, events }, missing) {
      for (const record of missing) {
        if (record.capacity === 0) clearRecord(record, layout);
        record.loaded = true;
      }
      let late = 0;
      for (let w = 0; w < workRecords.length; w++) late += addEvent(workRecords[w]!, workEvents[w]!, workSteps[w]!);
      const { checkpoint } = runtime;
      const nextOffset = firstOffset + events.length;
      if (nextOffset <= checkpoint.nextOffset) return;
      runtime.checkpoint = {
        status: checkpoint.status,
        nextOffset,
        receivedTimeMs: Math.max(checkpoint.receivedTimeMs, events.at(-1)!.receivedTimeMs),
        events: checkpoint.events + events.length - Math.max(0, checkpoint.nextOffset - firstOffset),
        late: checkpoint.late + late,
      };
    },
    peek(key) {
      const record = young.get(key) ?? old.get(key);
      return record?.loaded === true ? record : undefined;
    },
    takeChange() {
      const records = dirty;
      dirty = [];
      const keys: string[] = [];
      const bytes: Uint8Array[] = [];
      let chunk = Buffer.alloc(0);
      let at = 0;
      for (const record of records) {
        const most = encodedBytesMax(record);
        if (at + most > chunk.length) {
          chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most));
          at = 0;
        }
        const end = encodeRecord(record, layout, chunk, at);
        keys.push(record.key);
        bytes.push(chunk.subarray(at, end));
        at = Math.ceil(end / 8) * 8;
        record.dirty = false;
      }
      return { change: { fingerprint: compiled.fingerprint, checkpoint: runtime.checkpoint, keys, bytes }, records };
    },
    restore(records) {
      for (const record of records) {
        if (record.dirty) continue;
        record.dirty = true;
        dirty.push(record);
      }
    },
    hotCount: () => young.size,
    rotate() {
      for (const record of old.values()) {
        if (record.generation === generation) continue;
        holdsAll = false;
        arena.release(record);
      }
      generation++;
      old = young;
      young = new Map();
    },
  };
  return runtime;
}

function anyFires(steps: readonly Step[], event: Event): boolean {
  for (let s = 0; s < steps.length; s++) {
    const { filter, of } = steps[s]!;
    if ((filter === null || passesFilter(filter, event)) && (of === 'one' || event[of] !== null)) return true;
  }
  return false;
}
