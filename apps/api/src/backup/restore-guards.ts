import type pg from 'pg';
import { BackupError } from './backup-error.ts';
import { type Header } from './backup-format.ts';
import { currentSchema } from './catalogue.queries.ts';
import { connectedServers, listRelations, lockOutOthers, missingRights, RESTORING } from './schema-swap.queries.ts';

/** Refuses what must not be replaced. Returns the schema of the tables. */
export async function expectUnused(sql: pg.Client, where: string, replace: boolean): Promise<string> {
  const schema = await currentSchema(sql);
  if (schema === null) throw new BackupError(`${where} has no schema to make tables in. CREATE SCHEMA public there.`);
  if (!(await lockOutOthers(sql))) {
    throw new BackupError(`A server is starting on ${where}, or another restore runs. Stop it first.`);
  }
  await expectNoServer(sql, where);
  const rights = await missingRights(sql, schema);
  if (rights.length > 0) {
    throw new BackupError(`A restore into ${where} needs more rights. As its administrator: ${rights.join('; ')};`);
  }
  const tables = await listRelations(sql, schema);
  if (tables.length > 0 && !replace) {
    throw new BackupError(
      `${where} is not empty (${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ' ...' : ''}). ` +
        'Add --replace to give up what it has for the backup, or name an empty one.',
    );
  }
  return schema;
}

async function expectNoServer(sql: pg.Client, where: string): Promise<void> {
  const servers = await connectedServers(sql);
  if (servers.length === 0) return;
  throw new BackupError(`A Closewatch runs on ${where} (${servers.join(', ')}). Stop it, and restore then.`);
}

/** Just before the end: no server came meanwhile, and nothing of others goes with what is replaced. */
export async function expectNobodyElse(sql: pg.Client, where: string, schema: string, header: Header): Promise<void> {
  await expectNoServer(sql, where);
  const ours = new Set([...(await listRelations(sql, RESTORING)), ...header.tables.map(({ name }) => name)]);
  const others = (await listRelations(sql, schema)).filter((name) => !ours.has(name));
  if (others.length === 0) return;
  throw new BackupError(
    `${where} is as it was: beside Closewatch's tables its schema ${schema} has ${others.join(', ')}, which would be lost. ` +
      'Move that to another schema, or restore into a database of its own.',
  );
}
