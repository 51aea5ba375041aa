import { type Refusal } from './uplink-states.ts';

/** What to do about a refusal; said once, when it begins. */
export const ADVICE: Readonly<Record<Refusal, string>> = {
  malformed:
    'the fault lies in what this agent says of itself: update the agent or the server, or set right what the answer names; snapshots are kept, retrying slowly',
  bad_snapshot: 'sending the snapshots one by one to find the bad one',
  unauthorized:
    'put a token that this server knows into the file of CLOSEWATCH_TOKEN_FILE, which is read again each time, or set CLOSEWATCH_TOKEN and start the agent again; retrying slowly',
  cloned:
    'another machine goes by the same agent id, as after copying a disk image: on this machine stop the agent, delete agent/agent-id in its CLOSEWATCH_DATA folder, and start it again; retrying slowly',
  too_large: 'sending less at a time',
  wrong_version: 'agent and server are of different versions: update the older one; retrying slowly',
  busy: 'waiting as long as it asks',
  not_closewatch: 'is CLOSEWATCH_SERVER the address of a Closewatch server? Retrying slowly',
  unreachable: 'snapshots are kept and sent when it is back',
};
