/**
 * A block: a header of {@link HEADER_BYTES}, a directory of columns by name, the columns' data. All little-endian.
 *
 * Header: u32 magic, u32 CRC-32 of everything after itself, u32 bytes of the block, u32 events, u32 columns, u32 start of the data.
 * Directory entry: u8 length of the name, the name, u8 encoding, u32 count, u32 start (from the start of the data, a multiple of
 * 8), f64 base. Because columns have names, a reader skips those it does not know and takes a default for those that are missing.
 */
export const HEADER_BYTES = 24;

/** `NEB1`. */
export const FILE_MAGIC = 0x3142_454e;

/** How a column's numbers stand there. The value of a code `c` in u8, u16, u32 is `base + c`. */
export const COLUMN_ENCODINGS = {
  /** Every value is `base`; no data. */
  constant: 0,
  u8: 1,
  u16: 2,
  u32: 3,
  /** NaN is null. */
  f64: 4,
  /** Not numbers; `count` is their length. */
  bytes: 5,
} as const;

/** Flag on u8, u16, u32: code 0 is null, and the value of a code `c` is `base + c - 1`. */
export const NULLABLE = 8;

/** Most events a block is written with, and most that a reader believes. */
export const BLOCK_EVENTS_MAX = 1000;

/** Most values of a column that is not one an event (texts, lists). */
export const LIST_VALUES_MAX = 1 << 20;
