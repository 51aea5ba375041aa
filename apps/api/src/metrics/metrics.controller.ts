import { Controller, Get, Header, Inject, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { Authenticator } from '../accounts/authenticator.ts';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { Public } from '../rights/allow.decorator.ts';
import { enforce } from '../rights/rights.guard.ts';
import { MetricsService } from './metrics.service.ts';

const FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

@ApiTags('metrics')
@ApiBearerAuth()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly authenticator: Authenticator,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** Public to the edge, since the configuration says whether it is: asked here. */
  @Get()
  @Public()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'What Prometheus reads: hosts, leaks, incidents, and how this server itself does' })
  @ApiProduces('text/plain')
  async read(@Req() request: FastifyRequest): Promise<StreamableFile> {
    if (!this.configuration.openMetrics) {
      enforce(['person', 'script'], await this.authenticator.principalOf(request.headers));
    }
    return new StreamableFile(await this.metrics.text(), { type: FORMAT });
  }
}
