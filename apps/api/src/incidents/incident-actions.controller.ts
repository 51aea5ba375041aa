import { Body, Controller, Delete, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  AcknowledgeRequestSchema,
  type IncidentDetails,
  IncidentDetailsSchema,
  NoteRequestSchema,
  OwnerRequestSchema,
  ResolveRequestSchema,
  ReviewRequestSchema,
} from '@closewatch/protocol';
import { type z } from 'zod';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { IncidentActionsService } from './incident-actions.service.ts';
import { IncidentPath } from './incident-query.ts';

const errors = [400, 401, 404, 413, 415];
/** A note is not needed, and so neither is a body. */
const AcknowledgeBody = AcknowledgeRequestSchema.prefault({});
const ResolveBody = ResolveRequestSchema.prefault({});

/** What people do to an incident; each answers with the incident as it is then. */
@ApiTags('incidents')
@ApiCookieAuth()
@Controller('api/v1/incidents/:id')
export class IncidentActionsController {
  constructor(private readonly actions: IncidentActionsService) {}

  @Post('acknowledge')
  @HttpCode(200)
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Say that you look after it', errors: [...errors, 409] })
  acknowledge(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Body({ schema: AcknowledgeBody }) { note }: z.infer<typeof AcknowledgeBody>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.acknowledge(principal, id, note);
  }

  @Delete('acknowledge')
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Take the acknowledgement back', errors: [400, 401, 404, 409] })
  unacknowledge(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.unacknowledge(principal, id);
  }

  @Post('resolve')
  @HttpCode(200)
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Say that it is over', errors: [...errors, 409] })
  resolve(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Body({ schema: ResolveBody }) { note }: z.infer<typeof ResolveBody>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.resolve(principal, id, note);
  }

  @Put('owner')
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Say whose it is', errors })
  setOwner(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Body({ schema: OwnerRequestSchema }) { owner }: z.infer<typeof OwnerRequestSchema>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.setOwner(principal, id, owner);
  }

  @Post('notes')
  @HttpCode(200)
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Add a note, in Markdown', errors })
  addNote(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Body({ schema: NoteRequestSchema }) { text }: z.infer<typeof NoteRequestSchema>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.addNote(principal, id, text);
  }

  @Put('review')
  @Allow('person')
  @ApiAnswers({ ok: IncidentDetailsSchema, summary: 'Accept or correct the verdict, as its reviewer', errors })
  review(
    @Param({ schema: IncidentPath }) { id }: IncidentPath,
    @Body({ schema: ReviewRequestSchema }) { verdict, note }: z.infer<typeof ReviewRequestSchema>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<IncidentDetails> {
    return this.actions.review(principal, id, verdict, note);
  }
}
