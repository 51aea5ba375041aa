import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  type Retention,
  RETENTION_KINDS,
  type RetentionChange,
  RetentionChangeSchema,
  type RetentionItem,
  RetentionItemSchema,
  RetentionSchema,
} from '@closewatch/protocol';
import { z } from 'zod';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { RetentionService } from './retention.service.ts';

const KindPath = z.object({ kind: z.enum(RETENTION_KINDS) });

@ApiTags('retention')
@ApiCookieAuth()
@Controller('api/v1/retention')
export class RetentionController {
  constructor(private readonly retention: RetentionService) {}

  @Get()
  @Allow('person')
  @ApiAnswers({
    ok: RetentionSchema,
    summary: 'How long each kind of data is kept, and what that takes on disk',
    errors: [401],
  })
  read(): Promise<Retention> {
    return this.retention.read();
  }

  @Put(':kind')
  @Allow('person')
  @ApiAnswers({
    ok: RetentionItemSchema,
    summary: 'Keep a kind of data for so many days; what is older is dropped',
    errors: [400, 401, 413, 415],
  })
  set(
    @Param({ schema: KindPath }) { kind }: z.infer<typeof KindPath>,
    @Body({ schema: RetentionChangeSchema }) { keepDays }: RetentionChange,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RetentionItem> {
    return this.retention.set(principal, kind, keepDays);
  }
}
