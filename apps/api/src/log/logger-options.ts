import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Params } from 'nestjs-pino';
import pino from 'pino';
import pinoPretty from 'pino-pretty';

/**
 * The log goes to standard error, for people on a terminal and as JSON elsewhere; standard output is for the sign-in
 * URL. Requests that succeed are `debug`: agents push every few seconds.
 */
export function loggerOptions(level: 'debug' | 'info' | 'silent'): Params {
  const stream = process.stderr.isTTY
    ? pinoPretty({ destination: 2, sync: true, ignore: 'pid,hostname,req,res,responseTime', translateTime: 'HH:MM:ss' })
    : pino.destination({ fd: 2, sync: true });
  return {
    pinoHttp: [
      {
        level,
        genReqId: (request: IncomingMessage) => ('id' in request ? request.id : ''),
        customLogLevel: (_request: IncomingMessage, response: ServerResponse, error?: Error) => {
          if (error !== undefined || response.statusCode >= 500) return 'warn';
          return response.statusCode >= 400 ? 'info' : 'debug';
        },
        serializers: {
          req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, url }),
          res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
        },
      },
      stream,
    ],
  };
}
