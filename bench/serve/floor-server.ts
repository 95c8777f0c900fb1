/**
 * The floor: a bare Fastify route that reads the same bodies and answers a constant of the same size, with no model, no
 * checks and no metrics. What a served recommendation costs beyond it is ours.
 *
 *     node bench/serve/floor-server.ts ANSWER_FILE
 */
import { readFileSync } from 'node:fs';
import fastify from 'fastify';

const answer = readFileSync(process.argv[2]!, 'utf8');
const app = fastify();
app.post('/v1/recommend', (_request, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(answer));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`listening on ${url}\n`);
process.once('SIGTERM', () => void app.close());
