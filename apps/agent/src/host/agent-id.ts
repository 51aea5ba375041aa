import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Who this host is, for ever: the UUID in DATA/agent/agent-id, made at the first start. A link either finds the place
 * free or somebody's whole file there, so two agents that start at once agree, and a crash leaves no half a file.
 * Throws when the folder cannot be used or the file holds something else.
 */
export function readOrMakeAgentId(dataFolder: string): string {
  const folder = join(dataFolder, 'agent');
  const path = join(folder, 'agent-id');
  try {
    return readAgentId(path) ?? makeAgentId(folder, path);
  } catch (error) {
    throw new Error(`the agent's identity in ${path}: ${messageOf(error)}`, { cause: error });
  }
}

function readAgentId(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (!UUID.test(text)) {
    throw new Error('the file holds no UUID. Restore it, or delete it and this host will appear as a new one');
  }
  return text.toLowerCase();
}

function makeAgentId(folder: string, path: string): string {
  mkdirSync(folder, { recursive: true });
  const agentId = randomUUID();
  const draft = join(folder, `agent-id.${agentId}`);
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${agentId}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    linkSync(draft, path);
    return agentId;
  } catch (error) {
    const other = errorCode(error) === 'EEXIST' ? readAgentId(path) : undefined;
    if (other === undefined) throw error;
    return other;
  } finally {
    rmSync(draft);
  }
}
