import { finished } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { NisusError } from '../../base/error.ts';

/**
 * Refuses a request before its body is parsed, once all of it has come: a connection that ends with bytes unread is
 * reset, and the answer may be lost with it.
 */
export function refuseUnread(request: FastifyRequest, error: NisusError, done: (error: Error) => void): void {
  finished(request.raw.resume(), { writable: false }, () => done(error));
}
