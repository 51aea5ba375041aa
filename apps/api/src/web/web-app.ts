import { stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

const YEAR_SECONDS = 31_536_000;
/** The build's content hash in a file name: main-5KDVKX3Q.js, host-charts-BgHkAC-y.js. */
const HASHED = /-[\w-]{8}\.\w+$/;
/** Paths that are never pages of the web app. */
const RESERVED = /^\/(api|socket\.io|health)(\/|$)/;

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Closewatch</title>
  <h1>The web app is not built yet</h1>
  <p>The server runs, but there is no dist/web. Run <code>npm run build</code> in the repository, or start everything
  with <code>npm start</code>, and load this page again.</p>
  <p>The REST interface is described at <a href="/api/docs">/api/docs</a>.</p>
</html>
`;

/**
 * Serves the built web app from `folder` (absolute path, looked at anew with each request): its files, and index.html
 * for every other path, which the app's own router knows. Errors of /api, /socket.io and /health stay errors.
 */
export function serveWebApp(fastify: FastifyInstance, folder: string): void {
  void fastify.register(fastifyStatic, { root: folder, serve: false, cacheControl: false });
  fastify.route({ method: 'GET', url: '/*', handler: (request, reply) => answer(request, reply, folder) });
}

async function answer(request: FastifyRequest, reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const [path = '/'] = request.url.split('?', 1);
  if (RESERVED.test(path)) return notFound(reply);
  const file = await fileBelow(folder, path);
  if (file !== undefined) {
    const cache = HASHED.test(file) ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache';
    return reply.header('Cache-Control', cache).sendFile(file);
  }
  // A page never has a dot in its last part; a missing file must not be answered with a page.
  if (/\.\w+$/.test(path)) return notFound(reply);
  if ((await fileBelow(folder, '/index.html')) !== undefined) {
    return reply.header('Cache-Control', 'no-cache').sendFile('index.html');
  }
  return reply.status(503).header('Cache-Control', 'no-store').type('text/html; charset=utf-8').send(NOT_BUILT);
}

function notFound(reply: FastifyReply): FastifyReply {
  reply.callNotFound();
  return reply;
}

/** The path relative to the folder if it names a file in it: nothing above, nothing hidden. */
async function fileBelow(folder: string, urlPath: string): Promise<string | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.split('/').some((part) => part.startsWith('.'))) return undefined;
  const file = resolve(join(folder, decoded));
  if (!file.startsWith(resolve(folder) + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true ? file.slice(resolve(folder).length + 1) : undefined;
}
