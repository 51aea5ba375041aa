import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import { TextHostName, type TextIngestAnswer, TextIngestAnswerSchema } from '@closewatch/protocol';
import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';
import { ApiAnswers } from '../openapi/api-answers.decorator.ts';
import { Allow } from '../rights/allow.decorator.ts';
import { type TextBody } from './text-body.ts';
import { TextIngestService } from './text-ingest.service.ts';

const TextQuery = z.object({ host: TextHostName });

const EXAMPLES = {
  ss: {
    summary: 'ss -tanpi',
    value:
      'State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process\n' +
      'CLOSE-WAIT 1      0          192.0.2.1:8080  198.51.100.7:50123 users:(("java",pid=4242,fd=87))\n' +
      '\t cubic rto:204 rtt:0.1/0.05 cwnd:10 bytes_acked:517 lastsnd:73000 lastrcv:71000 lastack:71000\n',
  },
  netstat: {
    summary: 'netstat -antpW',
    value:
      'Active Internet connections (servers and established)\n' +
      'Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \n' +
      'tcp        1      0 192.0.2.1:8080          198.51.100.7:50123      CLOSE_WAIT  4242/java           \n',
  },
};

@ApiTags('agents')
@ApiBearerAuth()
@Controller('api/v1/ingest')
export class TextIngestController {
  constructor(private readonly texts: TextIngestService) {}

  /** The body was read by text-body.ts, as it came. */
  @Post('text')
  @HttpCode(200)
  @Allow('agent')
  @ApiConsumes('text/plain', 'application/x-www-form-urlencoded')
  @ApiBody({ schema: { type: 'string' }, examples: EXAMPLES })
  @ApiAnswers({
    ok: TextIngestAnswerSchema,
    summary: 'A host without an agent sends what ss, netstat or busybox prints',
    errors: [400, 401, 409, 413, 415],
  })
  take(
    @Query({ schema: TextQuery }) { host }: z.infer<typeof TextQuery>,
    @Body() body: TextBody | undefined,
  ): Promise<TextIngestAnswer> {
    if (body === undefined || body === null) {
      const message = 'is empty: send the output of ss -tanpi with curl --data-binary @-';
      throw ApiError.badRequest('There is no text in the request.', [{ path: 'body', message }]);
    }
    return this.texts.take(host, body);
  }
}
