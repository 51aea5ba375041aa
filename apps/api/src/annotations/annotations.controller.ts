import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  type Annotation,
  type AnnotationRequest,
  AnnotationRequestSchema,
  AnnotationSchema,
  Instant,
  type Page,
  pageOf,
  Text,
  Uuid,
} from '@closewatch/protocol';
import { z } from 'zod';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { pageParameters } from '../paging/page-cursor.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { annotationsCsv } from './annotation-csv.ts';
import { AnnotationsService } from './annotations.service.ts';

const ListQuery = z.object({
  host: Text(253).min(1).optional(),
  from: Instant.optional(),
  to: Instant.optional(),
  ...pageParameters({ usual: 100, most: 1_000 }),
});
const AnnotationPath = z.object({ id: Uuid });

@ApiTags('annotations')
@ApiCookieAuth()
@ApiBearerAuth()
@Controller('api/v1/annotations')
export class AnnotationsController {
  constructor(private readonly annotations: AnnotationsService) {}

  @Get()
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(AnnotationSchema),
    csv: annotationsCsv,
    summary: 'What has changed: told by people and scripts, and restarts that agents saw, the newest first',
    errors: [400, 401, 404],
  })
  list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<Annotation>> {
    return this.annotations.list(principal, query);
  }

  @Post()
  @HttpCode(200)
  @Allow('person', 'script')
  @ApiAnswers({
    ok: AnnotationSchema,
    summary: 'Tell of a deploy, a restart or another change',
    errors: [400, 401, 403, 413, 415],
  })
  add(
    @Body({ schema: AnnotationRequestSchema }) request: AnnotationRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Annotation> {
    return this.annotations.add(principal, request);
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow('person', 'script')
  @ApiAnswers({ summary: 'Take back what somebody told', errors: [400, 401, 403, 404] })
  async remove(
    @Param({ schema: AnnotationPath }) { id }: z.infer<typeof AnnotationPath>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    await this.annotations.remove(principal, id);
  }
}
