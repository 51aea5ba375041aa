import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { SESSION_COOKIE } from '../accounts/session-cookie.ts';
import { described } from './described.ts';
import { convertForSwagger } from './zod-openapi.ts';

declare const CLOSEWATCH_VERSION: string | undefined;

/** Swagger UI at /api/docs, the document at /api/docs-json. */
export function serveDocs(app: NestFastifyApplication): void {
  const builder = new DocumentBuilder()
    .setTitle('Closewatch')
    .setDescription('What agents push and what people read. Live events go over socket.io, namespace /live.')
    .setVersion(typeof CLOSEWATCH_VERSION === 'string' ? CLOSEWATCH_VERSION : '0.0.0')
    .addBearerAuth()
    .addCookieAuth(SESSION_COOKIE);
  const build = () =>
    described(SwaggerModule.createDocument(app, builder.build(), { standardSchemaConverter: convertForSwagger }));
  SwaggerModule.setup('api/docs', app, build, { raw: ['json'] });
}
