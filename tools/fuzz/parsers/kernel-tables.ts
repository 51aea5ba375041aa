import { TCP_STATES } from '@closewatch/socket-states';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesInto } from '../../../apps/agent/src/ports/proc-walk.ts';
import { PortTally } from '../../../apps/agent/src/ports/port-tally.ts';
import { portRangeIn } from '../../../apps/agent/src/host/port-range.ts';
import { DiagDump } from '../../../apps/agent/src/sockets/diag-dump.ts';
import { RECORD_BYTES } from '../../../apps/agent/src/sockets/diag-format.ts';
import { ProcDump } from '../../../apps/agent/src/sockets/proc-dump.ts';
import { TABLES } from '../../../apps/agent/src/sockets/proc-tcp-line.ts';
import { timeWaitRecordsIn } from '../../../apps/agent/src/sockets/sockstat.ts';
import { socketInfoIn } from '../../../apps/agent/src/sockets/tcp-info.ts';
import { type CloseWaitSocket } from '../../../apps/agent/src/sockets/socket-table.ts';
import { ZOO_PROC_ROOT, ZOO_SEQUENCE, zooBuffers } from '../../../apps/agent/src/testing/fixtures.ts';
import { type FuzzedParser, textParser } from '../fuzzed-parser.ts';

const SOCKETS = 'apps/agent/src/sockets';
const NEWLINE = 0x0a;
const RANGE = portRangeIn('1024 65535', '');
/** Room for more would have to be made for each input. */
const FEW_DESTINATIONS = 16;

interface Counted {
  readonly tally: Readonly<Record<string, number>>;
  readonly closeWait: readonly object[];
}

const recorded = (name: string): Buffer => readFileSync(join(ZOO_PROC_ROOT, 'net', name));
const total = ({ tally }: Counted): number => TCP_STATES.reduce((sum, state) => sum + (tally[state] ?? 0), 0);

/** Everything that a socket tells, also what it reads only when asked. */
function spelledOut(socket: CloseWaitSocket): object {
  const { key, cookie, inode, uid, localPort, recvQueue, sendQueue } = socket;
  return { key, cookie, inode, uid, localPort, recvQueue, sendQueue, timer: socket.timer(), ...socket.fiveTuple() };
}

const netlinkDump: FuzzedParser = {
  name: 'netlink-dump',
  covers: [
    `${SOCKETS}/diag-dump.ts#DiagDump`,
    `${SOCKETS}/diag-messages.ts#DiagMessages`,
    `${SOCKETS}/diag-format.ts#endpointAt`,
    `${SOCKETS}/diag-format.ts#viewOf`,
  ],
  samples: () => zooBuffers().map((bytes) => Buffer.from(bytes)),
  run: (input) => {
    const dump = new DiagDump(ZOO_SEQUENCE);
    const progress = dump.add(input);
    return {
      tally: dump.tally,
      closeWait: [...dump.closeWait].map(spelledOut),
      minisockets: dump.finWait2Minisockets,
      progress: progress.kind,
    };
  },
  fault: (value, { length }) => {
    const counted = value as Counted;
    if (total(counted) * RECORD_BYTES > length) return `${total(counted)} sockets in ${length} bytes`;
    return counted.closeWait.length === counted.tally['close_wait'] ? undefined : 'lists another number than it counts';
  },
};

/** An answer about one socket: its message of the dump under another type, and a tcp_info behind it. */
function socketAnswers(): Buffer[] {
  return zooBuffers().map((bytes) => {
    const info = Buffer.alloc(4 + 232);
    info.writeUInt16LE(info.length, 0);
    info.writeUInt16LE(2, 2);
    for (let at = 4; at + 4 <= info.length; at += 4) info.writeUInt32LE(at * 1_000, at);
    const answer = Buffer.concat([bytes.subarray(0, RECORD_BYTES), info]);
    answer.writeUInt32LE(answer.length, 0);
    answer.writeUInt16LE(20, 4);
    return answer;
  });
}

const socketInfo: FuzzedParser = {
  name: 'socket-info',
  covers: [`${SOCKETS}/tcp-info.ts#socketInfoIn`],
  samples: socketAnswers,
  run: (input) => socketInfoIn(input, ZOO_SEQUENCE),
};

function procTable(name: 'tcp' | 'tcp6'): FuzzedParser {
  return {
    name: `proc-net-${name}`,
    covers: [
      `${SOCKETS}/proc-dump.ts#ProcDump`,
      `${SOCKETS}/proc-lines.ts#ProcLines`,
      ...['stateNumberOf', 'listenerOf', 'socketOf', 'heldBy', 'startOfEndpoints'].map(
        (exported) => `${SOCKETS}/proc-tcp-line.ts#${exported}`,
      ),
      'apps/agent/src/ports/proc-walk.ts#linesInto',
    ],
    samples: () => [recorded(name)],
    run: (input) => {
      const dump = new ProcDump({ add: () => undefined } as never);
      const ports = new PortTally(RANGE, [], FEW_DESTINATIONS);
      const walk = linesInto(ports, TABLES[name]);
      dump.begin(TABLES[name]);
      for (const piece of [input.subarray(0, input.length >> 1), input.subarray(input.length >> 1)]) {
        dump.add(piece);
        walk.add(piece);
      }
      dump.end();
      walk.end();
      const closeWait = [...dump.closeWait].map(spelledOut);
      return { tally: dump.tally, closeWait, garbage: dump.garbage, pressure: ports.pressure(), ...ports.finWaits() };
    },
    fault: (value, input) => {
      const counted = value as Counted;
      let lines = 1;
      for (const byte of input) if (byte === NEWLINE) lines++;
      if (total(counted) > lines) return `${total(counted)} sockets in ${lines} lines`;
      return counted.closeWait.length <= (counted.tally['close_wait'] ?? 0) ? undefined : 'lists more than it counts';
    },
  };
}

export const KERNEL_TABLES: readonly FuzzedParser[] = [
  netlinkDump,
  socketInfo,
  procTable('tcp'),
  procTable('tcp6'),
  textParser('sockstat', `${SOCKETS}/sockstat.ts`, { timeWaitRecordsIn }, [recorded('sockstat').toString()]),
];
