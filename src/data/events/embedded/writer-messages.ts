import type { Arrivals } from '../arrival.ts';

/** A block on its way to the disk. */
export interface NewBlock {
  readonly firstOffset: number;
  readonly events: number;
  readonly firstTimeMs: number;
  readonly lastTimeMs: number;
  readonly firstReceivedMs: number;
  readonly lastReceivedMs: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the writer's thread is started with. */
export interface WriterStart {
  readonly folder: string;
  readonly bytesMax: number | null;
}

/** What the log asks of its writer's thread. */
export type WriterRequest =
  /**
   * One batch. `epoch` tells batches from before a failure, which the log has given up already, from those after it. `arrivals` is
   * the state once the batch is in.
   */
  | {
      readonly kind: 'write';
      readonly epoch: number;
      readonly sequence: number;
      readonly blocks: readonly NewBlock[];
      readonly arrivals: Arrivals;
    }
  | {
      readonly kind: 'seal';
      readonly id: number;
      readonly firstOffset: number;
      readonly events: number;
      readonly ids: Uint32Array<SharedArrayBuffer>;
      readonly users: Uint32Array<SharedArrayBuffer>;
    }
  | { readonly kind: 'drop'; readonly call: number; readonly beforeMs: number }
  | { readonly kind: 'close' };

/** What the writer's thread answers. */
export type WriterAnswer =
  | { readonly kind: 'ready' }
  /** Every batch up to `sequence` is on the disk. */
  | { readonly kind: 'stored'; readonly sequence: number }
  /** No batch of the epoch that was not stored before will be. */
  | { readonly kind: 'failed'; readonly epoch: number; readonly problem: string }
  | { readonly kind: 'sealed'; readonly id: number; readonly pageBits: number; readonly idFilter: Uint32Array<ArrayBuffer> }
  | { readonly kind: 'seal-failed'; readonly id: number; readonly problem: string }
  | { readonly kind: 'dropped'; readonly call: number; readonly events: number; readonly segments: readonly number[] }
  | { readonly kind: 'drop-failed'; readonly call: number; readonly problem: string }
  | { readonly kind: 'closed' };
