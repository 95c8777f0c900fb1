import type { Event } from '../../../events/event.ts';
import { eventTerms } from '../../event-terms.ts';
import { estimateDistinct, sketchMark } from '../../hyper-log-log.ts';
import type { EventTerm } from '../../feature-declaration.ts';
import { firstPane, isLate, lastPane, paneOf, type PaneWindow } from '../pane-window.ts';
import { segmentEnd, segmentStart, type RecordState } from '../record-state.ts';
import type { Evaluation, Operator, Place } from './operator.ts';
import { dropOldPanes, growPane, sizedPane } from './sized-panes.ts';

/** What {@link createDistinct} computes. */
export interface DistinctOptions {
  readonly of: EventTerm;
  readonly precision: number;
  readonly hash: (term: string) => readonly [high: number, low: number];
}

/**
 * `distinct`. State: per pane a HyperLogLog. While few registers are met they are a list: (entries, then two 32-bit
 * entries a double, register × 256 + rank). Beyond an eighth of them: (−1, then one byte a register).
 */
export function createDistinct(place: Place, { of, precision, hash }: DistinctOptions, window: PaneWindow): Operator {
  const { layout, segment } = place;
  const registersMax = 2 ** precision;
  const entriesMax = registersMax / 8;
  const merged = new Uint8Array(registersMax);
  const registersOfRank = new Float64Array(66);

  /** Returns the pane's index, which may have moved. */
  function add(record: RecordState, pane: number, register: number, rank: number): number {
    const entries = record.numbers[pane + 2]!;
    if (entries < 0) {
      raise(record.words, pane + 2, register, rank);
      return pane;
    }
    const first = (pane + 3) * 2;
    for (let i = 0; i < entries; i++) {
      const entry = record.words[first + i]!;
      if (entry >>> 8 !== register) continue;
      if ((entry & 255) < rank) record.words[first + i] = (register << 8) | rank;
      return pane;
    }
    if (entries >= entriesMax) {
      const dense = makeDense(record, pane);
      raise(record.words, dense + 2, register, rank);
      return dense;
    }
    const grown = entries % 2 === 0 ? growPane(record, place, pane, 1 + entries / 2, 1) : pane;
    const word = (grown + 3) * 2 + entries;
    record.words[word] = (register << 8) | rank;
    if (entries % 2 === 0) record.words[word + 1] = 0; // Every byte of a record is determined by its events.
    record.numbers[grown + 2] = entries + 1;
    return grown;
  }

  function makeDense(record: RecordState, pane: number): number {
    const entries = record.numbers[pane + 2]!;
    const list = record.words.slice((pane + 3) * 2, (pane + 3) * 2 + entries);
    const room = registersMax / 8;
    const grown = growPane(record, place, pane, 1, room - Math.ceil(entries / 2));
    record.numbers[grown + 2] = -1;
    record.words.fill(0, (grown + 3) * 2, (grown + 3 + room) * 2);
    for (const entry of list) raise(record.words, grown + 2, entry >>> 8, entry & 255);
    return grown;
  }

  return {
    update(record: RecordState, event: Event): boolean {
      const terms = eventTerms(of, event);
      if (terms.length === 0) return true;
      if (isLate(window, event.timeMs, event.receivedTimeMs)) return false;
      const before = record.used;
      let pane = sizedPane(record, place, paneOf(window, event.timeMs));
      if (record.used !== before) {
        pane = growPane(record, place, pane, 0, 1);
        record.numbers[pane + 2] = 0;
      }
      for (let i = 0; i < terms.length; i++) {
        const [high, low] = hash(terms[i]!);
        const { register, rank } = sketchMark(high, low, precision);
        pane = add(record, pane, register, rank);
      }
      if (record.used !== before) dropOldPanes(record, place, firstPane(window, event.receivedTimeMs));
      return true;
    },
    at(atMs: number): Evaluation {
      const firstWanted = firstPane(window, atMs);
      const lastWanted = lastPane(window, atMs);
      return {
        list: false,
        value(record) {
          const { numbers, words } = record;
          const end = segmentEnd(record, layout, segment);
          let met = false;
          for (let at = segmentStart(record, layout, segment); at < end; at += 2 + numbers[at + 1]!) {
            if (numbers[at]! < firstWanted || numbers[at]! > lastWanted) continue;
            if (!met) merged.fill(0);
            met = true;
            merge(merged, numbers, words, at + 2);
          }
          if (!met) return 0;
          registersOfRank.fill(0);
          for (let register = 0; register < registersMax; register++) registersOfRank[merged[register]!]! += 1;
          return estimateDistinct(registersOfRank);
        },
      };
    },
  };
}

/** Raises one register of a dense pane whose content begins at double `content`. */
function raise(words: Uint32Array, content: number, register: number, rank: number): void {
  const word = (content + 1) * 2 + (register >>> 2);
  const shift = (register & 3) * 8;
  const kept = words[word]!;
  if (((kept >>> shift) & 255) < rank) words[word] = (kept & ~(255 << shift)) | (rank << shift);
}

function merge(into: Uint8Array, numbers: Float64Array, words: Uint32Array, content: number): void {
  const entries = numbers[content]!;
  const first = (content + 1) * 2;
  if (entries >= 0) {
    for (let i = first; i < first + entries; i++) {
      const entry = words[i]!;
      if (into[entry >>> 8]! < (entry & 255)) into[entry >>> 8] = entry & 255;
    }
    return;
  }
  for (let register = 0; register < into.length; register++) {
    const rank = (words[first + (register >>> 2)]! >>> ((register & 3) * 8)) & 255;
    if (into[register]! < rank) into[register] = rank;
  }
}
