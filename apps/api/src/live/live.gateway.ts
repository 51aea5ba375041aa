import { type OnModuleDestroy, UseFilters } from '@nestjs/common';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import {
  type FleetPicture,
  FleetWatchSchema,
  type HostPicture,
  HostWatchSchema,
  type IncidentPicture,
  IncidentWatchSchema,
  issuesOf,
  LIVE_NAMESPACE,
  type LiveAnswer,
} from '@closewatch/protocol';
import { type z } from 'zod';
import { Authenticator } from '../accounts/authenticator.ts';
import { ApiError } from '../errors/api-error.ts';
import { errorAnswer } from '../errors/error-answer.ts';
import { CommitFeed } from '../ingest/commit-feed.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { FleetStream } from './fleet-stream.ts';
import { HostStreams } from './host-streams.ts';
import { IncidentStream } from './incident-stream.ts';
import { LiveErrorFilter } from './live-error.filter.ts';
import { type LiveNamespace, type LiveSocket } from './live-socket.ts';
import { SessionWatch } from './session-watch.ts';

type Acknowledge<Picture> = ((answer: LiveAnswer<Picture>) => void) | undefined;

/** Browsers out: socket.io's /live. Translates; the streams decide. */
@WebSocketGateway({ namespace: LIVE_NAMESPACE })
@UseFilters(LiveErrorFilter)
export class LiveGateway implements OnGatewayInit<LiveNamespace>, OnGatewayDisconnect<LiveSocket>, OnModuleDestroy {
  private readonly unsubscribe: () => void;

  constructor(
    private readonly authenticator: Authenticator,
    private readonly fleet: FleetStream,
    private readonly hosts: HostStreams,
    private readonly incidents: IncidentStream,
    private readonly sessions: SessionWatch,
    feed: CommitFeed,
  ) {
    this.unsubscribe = feed.subscribe((agentIds) => {
      for (const id of agentIds) this.hosts.committed(id);
    });
  }

  afterInit(namespace: LiveNamespace): void {
    namespace.use((socket, next) => {
      this.admit(socket).then(
        () => next(),
        (error: unknown) => next(connectError(error)),
      );
    });
    this.sessions.start(namespace);
  }

  handleDisconnect(socket: LiveSocket): void {
    this.fleet.leave(socket);
    this.hosts.leave(socket);
    this.incidents.leave(socket);
  }

  onModuleDestroy(): void {
    this.unsubscribe();
    this.sessions.stop();
  }

  @SubscribeMessage('fleet:watch')
  @Allow('person')
  async watchFleet(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() payload: unknown,
    @Ack() acknowledge: Acknowledge<FleetPicture>,
  ): Promise<void> {
    const watch = parsed(FleetWatchSchema, payload ?? {});
    // Who looks at no host, but wants the totals, wants to hear of what goes wrong anywhere.
    await this.incidents.watchFleet(watch.ids?.length === 0 ? undefined : watch.ids, socket);
    await this.fleet.watch(watch, socket, (picture) => acknowledge?.({ ok: true, picture }));
  }

  @SubscribeMessage('host:watch')
  @Allow('person')
  async watchHost(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() payload: unknown,
    @Ack() acknowledge: Acknowledge<HostPicture>,
  ): Promise<void> {
    await this.hosts.watch(parsed(HostWatchSchema, payload), socket, (picture) => acknowledge?.({ ok: true, picture }));
  }

  @SubscribeMessage('host:unwatch')
  @Allow('person')
  unwatchHost(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() payload: unknown,
    @Ack() acknowledge: Acknowledge<null>,
  ): void {
    this.hosts.unwatch(parsed(HostWatchSchema, payload), socket);
    acknowledge?.({ ok: true, picture: null });
  }

  @SubscribeMessage('incident:watch')
  @Allow('person')
  async watchIncident(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() payload: unknown,
    @Ack() acknowledge: Acknowledge<IncidentPicture>,
  ): Promise<void> {
    const { id } = parsed(IncidentWatchSchema, payload);
    await this.incidents.watch(id, socket, (picture) => acknowledge?.({ ok: true, picture }));
  }

  @SubscribeMessage('incident:unwatch')
  @Allow('person')
  unwatchIncident(
    @ConnectedSocket() socket: LiveSocket,
    @MessageBody() payload: unknown,
    @Ack() acknowledge: Acknowledge<null>,
  ): void {
    this.incidents.unwatch(parsed(IncidentWatchSchema, payload).id, socket);
    acknowledge?.({ ok: true, picture: null });
  }

  /** Only people hold sockets, by the cookie of their session. */
  private async admit(socket: LiveSocket): Promise<void> {
    const { cookie } = socket.handshake.headers;
    const principal = await this.authenticator.principalOf({ cookie });
    if (principal?.kind !== 'person') throw ApiError.unauthorized('Sign in first.');
    socket.data.principal = principal;
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const result = schema.safeParse(payload);
  if (result.success) return result.data;
  const issues = issuesOf(result.error);
  const message = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  throw ApiError.badRequest(message, issues);
}

/** socket.io hands `data` to the client's connect_error. */
function connectError(thrown: unknown): Error & { data: unknown } {
  const { statusCode, error, message } = errorAnswer(thrown, '').body;
  return Object.assign(new Error(message), { data: { statusCode, error, message } });
}
