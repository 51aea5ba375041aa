import { Readable } from 'node:stream';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { isoInstant, Clock } from '../time/clock.ts';
import { answerFormat } from './answer-format.ts';
import { type CsvTable } from './csv-table.ts';

/** Where a route keeps its table. */
export const CSV_TABLE = 'closewatch:csv';

/** Rows of a page that is read on: few enough to be held for each reader, many enough to be worth a statement. */
const PAGE_ROWS = 1_000;

type Query = Record<string, unknown>;

/**
 * Writes the answer of a route as CSV where that is asked for: all of it, page by page. The route is called again for
 * each page, and only when the reader has taken the one before: no more than a page is held, no connection to the
 * database is kept between pages, and a reader who goes away ends it. A failure of the first page is an answer as
 * ever; later the status has gone out, and the connection is cut, so that half a file is not taken for a whole one.
 */
@Injectable()
export class CsvInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Querystring: Query }>>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    void reply.header('Vary', 'Accept');
    if (answerFormat(request.query.format, request.headers.accept) === 'json') return next.handle();
    const table = this.reflector.get<CsvTable<unknown>>(CSV_TABLE, context.getHandler());
    return from(this.file(table, request, next));
  }

  private async file(
    table: CsvTable<unknown>,
    request: FastifyRequest<{ Querystring: Query }>,
    next: CallHandler,
  ): Promise<StreamableFile> {
    const now = isoInstant(this.clock.now());
    const { query } = request;
    const isNow = table.pinned !== undefined && query[table.pinned] === undefined;
    if (table.pinned !== undefined && isNow) query[table.pinned] = now;
    const first = await firstValueFrom(next.handle() as Observable<unknown>);
    const lines = request.method === 'HEAD' ? [table.header(first)] : linesOf(table, first, query, next);
    return new StreamableFile(Readable.from(lines, { objectMode: false }), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: `attachment; filename="${fileName(table.name, request.params, now)}"`,
    });
  }
}

/** Pages as text: each is asked for when the one before has been taken. */
async function* linesOf(
  table: CsvTable<unknown>,
  first: unknown,
  query: Query,
  next: CallHandler,
): AsyncGenerator<string> {
  yield table.header(first);
  for (let page = first; ;) {
    const text = [...table.lines(page)].join('');
    if (text !== '') yield text;
    const cursor = table.nextCursor(page);
    if (cursor === null) return;
    Object.assign(query, { cursor, limit: String(PAGE_ROWS) });
    page = await firstValueFrom(next.handle() as Observable<unknown>);
  }
}

/** `closewatch-connections-9aea92db-20261122T140000Z.csv`: what, of which host, when. */
function fileName(name: string, params: unknown, now: string): string {
  const id = typeof params === 'object' && params !== null && 'id' in params ? String(params.id).slice(0, 8) : '';
  const host = /^[0-9a-f]{8}$/i.test(id) ? `-${id.toLowerCase()}` : '';
  return `closewatch-${name}${host}-${now.slice(0, 19).replaceAll(/[-:]/g, '')}Z.csv`;
}
