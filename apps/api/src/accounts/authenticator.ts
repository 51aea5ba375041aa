import { type IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Principal } from '../rights/principal.ts';
import { AgentTokensService } from './agent-tokens.service.ts';
import { sessionTokenOf } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

/** Makes a principal of what a request or a handshake presents. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly sessions: SessionsService,
    private readonly agentTokens: AgentTokensService,
  ) {}

  /** A bearer token counts before a cookie. Undefined: nobody we know. Rejects when the database is away. */
  async principalOf({ authorization, cookie }: IncomingHttpHeaders): Promise<Principal | undefined> {
    if (authorization !== undefined) {
      const [, token] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? [];
      return token === undefined ? undefined : this.agentTokens.findAgent(token);
    }
    const token = sessionTokenOf(cookie);
    return token === undefined ? undefined : this.sessions.findPerson(token);
  }
}
