import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiCookieAuth, ApiTags } from '@nestjs/swagger';
import { type HostPorts, HostPortsSchema } from '@closewatch/protocol';
import { HostPath } from '../hosts/host-id.ts';
import { NamespaceQuery } from '../namespaces/namespace-query.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type Principal } from '../rights/principal.ts';
import { CurrentPrincipal } from '../rights/principal.decorator.ts';
import { HostDetailsService } from '../sections/host-details.service.ts';

@ApiTags('hosts')
@ApiCookieAuth()
@Controller('api/v1/hosts')
export class PortsController {
  constructor(private readonly details: HostDetailsService) {}

  @Get(':id/ports')
  @Allow('person', 'script')
  @ApiAnswers({
    ok: HostPortsSchema,
    summary: 'Port pressure by destination, TIME_WAIT, and what the kernel counts and how it is set',
    errors: [400, 401, 404],
  })
  async read(
    @Param({ schema: HostPath }) { id }: HostPath,
    @Query({ schema: NamespaceQuery }) { netns }: NamespaceQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<HostPorts> {
    const { ports, kernel } = await this.details.read(principal, id, netns);
    return { ports, kernel };
  }
}
