import type { Command } from 'commander';
import type { ServeOptions } from '../serving/serve-run.ts';
import type { CommandContext } from './command-context.ts';
import { wholeNumber } from './option-parsers.ts';

/** Options of commands that serve. */
export interface ServingOptions {
  readonly host: string;
  readonly port: number;
}

/** Adds {@link ServingOptions}. */
export function addServingOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--port <n>',
      'port to listen on, 0 for any that is free; where it is not given, the next free one from 8080',
      wholeNumber(0, 65_535),
      8080,
    );
}

/** How to serve, from a command's options. */
export function serveOptions(
  command: Command,
  options: ServingOptions,
  context: CommandContext,
  afterListening: (url: string) => void = () => {},
): Omit<ServeOptions, 'threads' | 'dataFolder'> {
  const isGiven = command.getOptionValueSource('port') === 'cli';
  return {
    host: options.host,
    port: options.port,
    tryNextPorts: !isGiven,
    onListening({ url, port }) {
      if (!isGiven && port !== options.port) context.say(`Port ${options.port} is in use; taking ${port}.`);
      context.print(context.json ? JSON.stringify({ event: 'listening', url }) : `listening on ${url}`);
      afterListening(url);
    },
  };
}
