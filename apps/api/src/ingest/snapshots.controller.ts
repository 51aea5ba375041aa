import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiTags } from '@nestjs/swagger';
import { type PushAnswer, PushAnswerSchema, PushSchema, SnapshotSchema } from '@closewatch/protocol';
import { type FastifyRequest } from 'fastify';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { openApiSchema } from '../openapi/zod-openapi.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { IngestService } from './ingest.service.ts';

const DocumentedPush = PushSchema.extend({ snapshots: SnapshotSchema.array() });

@ApiTags('agents')
@ApiBearerAuth()
@Controller('api/v1/snapshots')
export class SnapshotsController {
  constructor(private readonly ingest: IngestService) {}

  /** The service parses the body itself: version before shape, and each snapshot alone. */
  @Post()
  @HttpCode(200)
  @Allow('agent')
  @ApiBody({ schema: openApiSchema(DocumentedPush, 'input') })
  @ApiAnswers({ ok: PushAnswerSchema, summary: 'Agents push snapshots', errors: [400, 401, 409, 413, 415, 426] })
  push(@Body() body: unknown, @Req() { bodyBytes }: FastifyRequest): Promise<PushAnswer> {
    return this.ingest.push(body, bodyBytes);
  }
}
