import { NestFactory } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { Authenticator } from './accounts/authenticator.ts';
import { AppModule, type AppOptions } from './app.module.ts';
import { rememberAllowed } from './edge/allowed-hosts.ts';
import { createHttpServer, type Edge } from './edge/http-server.ts';
import { openPushLane } from './edge/push-lane.ts';
import { refuseForeignSockets } from './edge/refuse-foreign-sockets.ts';
import { IngestService } from './ingest/ingest.service.ts';
import { SnapshotsController } from './ingest/snapshots.controller.ts';
import { LiveAdapter } from './live/live.adapter.ts';
import { serveDocs } from './openapi/docs.ts';
import { allowRuleOf } from './rights/allow.decorator.ts';
import { serveWebApp } from './web/web-app.ts';

export interface ServerOptions extends AppOptions {
  /** Folder of the built web app, absolute. */
  readonly webFolder: string;
}

/** The whole server on a migrated database, ready to listen. */
export async function createApp(options: ServerOptions): Promise<NestFastifyApplication> {
  const { configuration } = options;
  const allowedHosts = { listenHost: configuration.host, publicUrl: configuration.publicUrl };
  const edge: { current?: Edge } = {};
  const adapter = createHttpServer(() => {
    if (edge.current === undefined) throw new Error('A request came before the server was ready.');
    return edge.current;
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.of(options), adapter, {
    bodyParser: false,
    // How the framework wires itself is of no interest while it works.
    logger: ['error'],
    forceCloseConnections: true,
    abortOnError: false,
  });
  const authenticator = app.get(Authenticator);
  const ingest = app.get(IngestService);
  edge.current = {
    refusalOf: rememberAllowed(allowedHosts),
    authenticate: (headers) => authenticator.principalOf(headers),
    startPush: () => ingest.startBody(),
  };
  app.useWebSocketAdapter(new LiveAdapter(app));
  serveDocs(app);
  serveWebApp(app.getHttpAdapter().getInstance(), options.webFolder);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  app.useLogger(app.get(Logger));
  refuseForeignSockets(app.getHttpServer(), allowedHosts);
  openPushLane(app.getHttpServer(), edge.current, {
    rule: allowRuleOf(SnapshotsController, 'push'),
    push: (body, bytes) => ingest.push(body, bytes),
  });
  return app;
}
