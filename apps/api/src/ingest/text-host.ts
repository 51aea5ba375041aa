import { createHash } from 'node:crypto';

/**
 * Namespace of the ids below (RFC 9562 section 5.5): a UUID of our own, made once. Ids of agents are random (version 4),
 * these are hashes (version 5): none is ever the other.
 */
const NAMESPACE = 'a1f0c3d2-5b7e-4c09-9d64-0e2f6b8a7c31';

export interface TextHost {
  readonly agentId: string;
  /** There is no run and no boot that a text tells of: one for each name, so that what follows goes on. */
  readonly runId: string;
  readonly bootId: string;
}

/** Who a host without an agent is: its name, in whatever case, and nothing else. */
export function textHost(name: string): TextHost {
  const folded = name.normalize('NFC').toLowerCase();
  return { agentId: uuid(`host ${folded}`), runId: uuid(`run ${folded}`), bootId: uuid(`boot ${folded}`) };
}

/** Version 5: SHA-1 of namespace and name. */
function uuid(name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
