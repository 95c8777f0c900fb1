/**
 * The base of every error that Nisus throws on purpose.
 *
 * `code` is stable and machine-readable (`DATASET_EMPTY`); the message names the thing, its value and the remedy;
 * `fields` carries the same facts as data. Each failure has a class of its own in the room that throws it.
 */
export class NisusError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { fields?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.fields = options.fields ?? {};
  }
}
