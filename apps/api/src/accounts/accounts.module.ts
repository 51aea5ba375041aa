import { Module } from '@nestjs/common';
import { AgentTokensService } from './agent-tokens.service.ts';
import { Authenticator } from './authenticator.ts';
import { OneTimeCode } from './one-time-code.ts';
import { SessionController } from './session.controller.ts';
import { SessionsService } from './sessions.service.ts';

/** Who is who: sessions of people, tokens of agents. */
@Module({
  controllers: [SessionController],
  providers: [AgentTokensService, Authenticator, OneTimeCode, SessionsService],
  exports: [AgentTokensService, Authenticator, OneTimeCode, SessionsService],
})
export class AccountsModule {}
