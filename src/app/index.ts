/** The outermost wing: the HTTP server, for those who embed it in a program of their own. */
export { createServer } from './server/create-server.ts';
