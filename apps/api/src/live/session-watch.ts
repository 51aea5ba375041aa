import { Injectable, Logger } from '@nestjs/common';
import { SessionsService } from '../accounts/sessions.service.ts';
import { coerceError } from '../errors/coerce-error.ts';
import { type LiveNamespace } from './live-socket.ts';

const CHECK_MS = 1_000;

/** Closes sockets whose session has ended: at once when it ended here, within a second or so when elsewhere. */
@Injectable()
export class SessionWatch {
  private readonly logger = new Logger(SessionWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly sessions: SessionsService) {}

  start(namespace: LiveNamespace): void {
    this.unsubscribe = this.sessions.onEnd((ended) => disconnect(namespace, (session) => session === ended));
    this.timer = setInterval(() => {
      this.check(namespace).catch((error: unknown) => {
        this.logger.debug(`Sessions of sockets could not be checked: ${coerceError(error).message}`);
      });
    }, CHECK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    this.unsubscribe?.();
  }

  private async check(namespace: LiveNamespace): Promise<void> {
    const held = new Set([...namespace.sockets.values()].map(({ data }) => data.principal.session));
    const open = await this.sessions.stillOpen([...held]);
    // Only those that were asked about: a socket may have come meanwhile.
    disconnect(namespace, (session) => held.has(session) && !open.has(session));
  }
}

function disconnect(namespace: LiveNamespace, hasEnded: (session: string) => boolean): void {
  for (const socket of namespace.sockets.values()) {
    if (hasEnded(socket.data.principal.session)) socket.disconnect(true);
  }
}
