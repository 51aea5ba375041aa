import { type IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { type Principal } from '../rights/principal.ts';
import { AgentTokensService } from './agent-tokens.service.ts';
import { sameSecret } from './credentials.ts';
import { sessionTokenOf } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

/** Scripts have one token, that of the configuration, and are called so. */
const SCRIPT: Principal = { kind: 'script', tokenId: 0, name: 'script' };

/** Makes a principal of what a request or a handshake presents. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly sessions: SessionsService,
    private readonly agentTokens: AgentTokensService,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** A bearer token counts before a cookie. Undefined: nobody we know. Rejects when the database is away. */
  async principalOf({ authorization, cookie }: IncomingHttpHeaders): Promise<Principal | undefined> {
    if (authorization !== undefined) {
      const [, token] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization) ?? [];
      if (token === undefined) return undefined;
      const { scriptToken } = this.configuration;
      if (scriptToken !== undefined && sameSecret(token, scriptToken)) return SCRIPT;
      return this.agentTokens.findAgent(token);
    }
    const token = sessionTokenOf(cookie);
    return token === undefined ? undefined : this.sessions.findPerson(token);
  }
}
