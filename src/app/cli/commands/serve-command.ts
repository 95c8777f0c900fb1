import type { Command } from 'commander';
import { platformFolder } from '../../platform/platform-folder.ts';
import { UsageError } from '../cli-errors.ts';
import type { SharedOptions } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { addServingOptions, serveOptions, type ServingOptions } from '../serving-options.ts';
import { addSharedOptions, type Act } from '../shared-options.ts';

interface Options extends SharedOptions, ServingOptions {
  readonly threads: number;
  readonly run?: string;
  readonly data?: string;
  readonly platform?: string;
}

/** `nisus serve`: a run behind HTTP. */
export function addServeCommand(program: Command, act: Act): void {
  const command = program
    .command('serve')
    .summary('serve a run over HTTP')
    .description(
      'Serves POST /v1/recommend, with --platform POST /v1/events, GET /healthz, /readyz, /metrics and /openapi.json. Prints `listening on URL` when it answers. SIGTERM and Ctrl-C end it after what is in flight.',
    )
    .argument('[run]', 'folder of a finished run')
    .option('--run <folder>', 'the same, as an option');
  addServingOptions(command)
    .option('--threads <n>', 'threads of one call of the model', wholeNumber(1, 256), 2)
    .option('--data <folder>', 'the data set, where it lies elsewhere than the run says')
    .option('--platform <folder>', 'a platform: its log takes events in, its features follow, histories go on, retired items are left out')
    .action(async (argument: string | undefined, options: Options) => {
      await act(options, async (context) => {
        const run = argument ?? options.run;
        if (run === undefined) throw new UsageError('serve needs RUN: the folder of a finished run. `nisus train DATA` makes one.');
        const { readFinishedRun } = await import('../../runs/open-run.ts');
        const { serveRun } = await import('../../serving/serve-run.ts');
        const record = await readFinishedRun(run);
        await serveRun(
          run,
          record,
          {
            ...serveOptions(command, options, context),
            threads: options.threads,
            dataFolder: options.data ?? null,
            platform: options.platform === undefined ? null : platformFolder(options.platform),
          },
          context,
        );
      });
    });
  addSharedOptions(command, [
    ['nisus serve .nisus/runs/ml-1m-hstu-1a2b3c4d', 'on 127.0.0.1:8080, or the next free port'],
    ['nisus serve RUN --platform .nisus/platforms/retailrocket', 'with events of its own'],
    ['nisus serve RUN --host 0.0.0.0 --port 80 --threads 4', 'to the outside'],
    ['curl -s 127.0.0.1:8080/v1/recommend -H \'content-type: application/json\' -d \'{"userId": "42", "k": 5}\'', 'asks it'],
  ]);
}
