import { EmbeddedServer } from '../database/embedded-server.ts';

/**
 * A program for tests that kill it: holds the embedded server of the folder in its argument, tells of it on standard
 * output as JSON, and stops it on SIGTERM.
 */
const [, , folder = ''] = process.argv;
const events: string[] = [];
const server = await EmbeddedServer.start(folder, { adopted: (pid) => events.push(`adopted ${pid}`) });
process.stdout.write(`${JSON.stringify({ url: server.databaseUrl, pid: await server.pid(), events })}\n`);
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
