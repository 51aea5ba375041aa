import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Session, SessionSchema, type SignIn, SignInSchema } from '@closewatch/protocol';
import { type FastifyReply } from 'fastify';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow, Public } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { isoInstant } from '../time/clock.ts';
import { sessionCookie } from './session-cookie.ts';
import { SessionsService } from './sessions.service.ts';

@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly sessions: SessionsService,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  @ApiAnswers({ ok: SessionSchema, summary: 'Sign in by password or one-time code', errors: [400, 401, 413, 415, 429] })
  async signIn(
    @Body({ schema: SignInSchema }) credentials: SignIn,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Session> {
    const { token, session } = await this.sessions.signIn(credentials);
    void reply.header('Set-Cookie', this.cookie(token, new Date(session.expiresAt)));
    return session;
  }

  @Get()
  @Allow('person')
  @ApiAnswers({ ok: SessionSchema, summary: 'Who is signed in', errors: [401, 403] })
  current(@CurrentPrincipal() principal: Principal): Session {
    const { username, role, expiresAt } = personOf(principal);
    return {
      username,
      role,
      expiresAt: isoInstant(expiresAt),
      demonstration: this.configuration.demonstration,
    };
  }

  @Delete()
  @HttpCode(204)
  @Allow('person')
  @ApiAnswers({ summary: 'Sign out', errors: [401, 403] })
  async signOut(
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(personOf(principal).session);
    void reply.header('Set-Cookie', this.cookie(undefined, new Date(0)));
  }

  private cookie(token: string | undefined, expires: Date): string {
    return sessionCookie(token, expires, this.configuration.publicUrl?.protocol === 'https:');
  }
}

function personOf(principal: Principal): Extract<Principal, { kind: 'person' }> {
  if (principal.kind !== 'person') throw new Error(`The rule of the route let a ${principal.kind} through.`);
  return principal;
}
