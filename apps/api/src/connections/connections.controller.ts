import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import {
  type ConnectionDetails,
  ConnectionDetailsSchema,
  type ConnectionDiff,
  ConnectionDiffSchema,
  type ConnectionGroups,
  ConnectionGroupsSchema,
  type ConnectionItem,
  ConnectionItemSchema,
  type ConnectionSurvival,
  ConnectionSurvivalSchema,
  type Page,
  pageOf,
  SocketId,
} from '@closewatch/protocol';
import { z } from 'zod';
import { HostPath } from '../hosts/host-id.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { connectionsCsv, diffCsv, groupsCsv, survivalCsv } from './connection-csv.ts';
import { DiffQuery, GroupsQuery, ListQuery, SurvivalQuery } from './connection-queries.ts';
import { ConnectionsService } from './connections.service.ts';
import { DiffService } from './diff.service.ts';
import { GroupsService } from './groups.service.ts';
import { OneConnectionService } from './one-connection.service.ts';
import { SurvivalService } from './survival.service.ts';

const errors = [400, 401, 404];

const ConnectionPath = HostPath.extend({ socketId: SocketId });
type ConnectionPath = z.infer<typeof ConnectionPath>;

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class ConnectionsController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly diffs: DiffService,
    private readonly survivals: SurvivalService,
    private readonly grouped: GroupsService,
    private readonly one: OneConnectionService,
  ) {}

  @Get(':id/connections')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: pageOf(ConnectionItemSchema),
    csv: connectionsCsv,
    summary: 'Connections in CLOSE_WAIT, now or at an earlier instant',
    errors,
  })
  list(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: ListQuery }) query: ListQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Page<ConnectionItem>> {
    return this.connections.list(principal, id, query);
  }

  @Get(':id/connections/diff')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ConnectionDiffSchema,
    csv: diffCsv,
    summary: 'Connections in CLOSE_WAIT that appeared and vanished between two instants',
    errors,
  })
  diff(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: DiffQuery }) query: DiffQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionDiff> {
    return this.diffs.read(principal, id, query);
  }

  @Get(':id/connections/survival')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ConnectionSurvivalSchema,
    csv: survivalCsv,
    summary: 'Of the connections that entered CLOSE_WAIT in a range of time, how many were still there later',
    errors,
  })
  survival(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: SurvivalQuery }) query: SurvivalQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionSurvival> {
    return this.survivals.read(principal, id, query);
  }

  @Get(':id/connections/groups')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ConnectionGroupsSchema,
    csv: groupsCsv,
    summary: 'Connections in CLOSE_WAIT by process, peer or port, the largest group first',
    errors,
  })
  groups(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: GroupsQuery }) query: GroupsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionGroups> {
    return this.grouped.list(principal, id, query);
  }

  @Get(':id/connections/:socketId')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: ConnectionDetailsSchema,
    summary: 'One connection, open or ended: why it does not close, its other end, and how to look at it on the host',
    errors,
  })
  details(
    @Param({ schema: ConnectionPath }) { id, socketId }: ConnectionPath,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ConnectionDetails> {
    return this.one.read(principal, id, socketId);
  }
}
