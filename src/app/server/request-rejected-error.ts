import { NisusError } from '../../base/error.ts';

/** Thrown when a request cannot be served as it stands; the client has to change it. */
export class RequestRejectedError extends NisusError {
  /** HTTP status of the answer, from 400 to 499. */
  readonly status: number;

  constructor(status: number, code: string, message: string, fields: Record<string, unknown> = {}) {
    super(code, message, { fields });
    this.status = status;
  }
}
