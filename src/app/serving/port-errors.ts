import { NisusError } from '../../base/error.ts';

/** Thrown when the port that was asked for cannot be had. Code `PORT_IN_USE` or `PORT_UNAVAILABLE`. */
export class PortError extends NisusError {
  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const isTaken = cause.code === 'EADDRINUSE';
    const problem = isTaken ? 'is in use by another program' : `cannot be listened on (${cause.code ?? cause.message})`;
    super(
      isTaken ? 'PORT_IN_USE' : 'PORT_UNAVAILABLE',
      `Port ${port} of ${host} ${problem}. Choose another with --port N, or --port 0 for any that is free.`,
      {
        fields: { host, port },
        cause,
      },
    );
  }
}
