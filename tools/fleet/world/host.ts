import type { Agent } from '@closewatch/protocol';
import { LINE_UP, roleNamed, type LeakKind, type Role } from './roles.ts';
import { type Program } from './programs.ts';
import { between, hexOf, keyFor, mix, pick, unit, uuidOf } from './random.ts';
import { type Shape } from './wave.ts';

/** What a host is for ever: everything else follows from it and an instant. */
export interface HostPlan {
  readonly index: number;
  readonly key: number;
  readonly agentId: string;
  readonly hostname: string;
  readonly address: string;
  readonly role: Role;
  readonly shape: Shape;
  /** How large the host is, compared with its role. */
  readonly size: number;
  readonly leak: LeakKind | undefined;
  /** Its agent is away for a quarter of an hour now and then. */
  readonly flaky: boolean;
  /** In this part of its interval it looks, from 0 to 1: the agents of a fleet do not all push at once. */
  readonly phase: number;
  /** The agent's own network namespace first. */
  readonly places: readonly Place[];
}

/** A network namespace of a host, and the services in it. */
export interface Place {
  readonly netns: number;
  readonly key: number;
  readonly containerId: string | undefined;
  readonly address: string;
  readonly services: readonly Service[];
}

/** A program on a host. */
export interface Service {
  readonly key: number;
  readonly program: Program;
  readonly leak: LeakKind | undefined;
}

const MINUTE_MS = 60_000;
const DIGITS = 2;
/** 192.0.2.0/24 (RFC 5737) has room for so many. */
const IPV4_ROOM = 250;

/** The host of this number, from 0, of the fleet with this seed. */
export function planHost(seed: number, index: number): HostPlan {
  const key = keyFor(mix(seed, index), 'host');
  const place = index % LINE_UP.length;
  const role = roleNamed(LINE_UP[place] ?? 'web');
  const inCycle = LINE_UP.slice(0, place).filter((name) => name === role.name).length;
  const aCycle = LINE_UP.filter((name) => name === role.name).length;
  const number = Math.floor(index / LINE_UP.length) * aCycle + inCycle;
  const leak = number % 2 === 0 ? role.leaks[(number / 2) % role.leaks.length] : undefined;
  return {
    index,
    key,
    agentId: uuidOf(key, 1),
    hostname: `${role.name}-${String(number + 1).padStart(DIGITS, '0')}`,
    address: addressOf(index),
    role,
    shape: { ...role.shape, peakMs: role.shape.peakMs + between(key, 2, -40, 40) * MINUTE_MS },
    size: between(key, 3, 0.7, 1.35),
    leak,
    flaky: place === 25,
    phase: unit(key, 4),
    places: placesOf(key, index, role, leak),
  };
}

/** Of the nets for documentation (RFC 5737, RFC 3849). */
function addressOf(index: number): string {
  if (index < IPV4_ROOM) return `192.0.2.${index + 1}`;
  return `2001:db8:1::${(index + 1).toString(16)}`;
}

function placesOf(key: number, index: number, role: Role, leak: LeakKind | undefined): Place[] {
  const serviceOf = (program: Program, number: number): Service => ({
    key: keyFor(mix(key, number), 'service'),
    program,
    leak: number === 0 ? leak : undefined,
  });
  const own: Place = {
    netns: 0,
    key: keyFor(key, 'place'),
    containerId: undefined,
    address: addressOf(index),
    services: role.programs.map(serviceOf),
  };
  const others = role.contained.map((program, number): Place => {
    const placeKey = keyFor(mix(key, number), 'container');
    return {
      netns: number + 1,
      key: placeKey,
      containerId: hexOf(placeKey, 1, 64),
      address: `2001:db8:2:${(index + 1).toString(16)}::${(number + 2).toString(16)}`,
      services: [{ key: keyFor(placeKey, 'service'), program, leak: undefined }],
    };
  });
  return [own, ...others];
}

const KERNELS = ['6.12.41+deb13-amd64', '6.1.0-40-amd64', '6.8.0-88-generic', '6.18.2-1.el10.x86_64'];
/** A host whose clock nobody sets: three hours behind. */
const CLOCK_OFF_MS = 10_812_345;

/** What the agent says of itself. */
export function agentOf({ key, index, hostname }: HostPlan): Agent {
  const plain = index % LINE_UP.length === 21;
  return {
    version: '0.1.0',
    hostname,
    machineId: hexOf(key, 5, 32),
    kernel: pick(KERNELS, key, 6),
    source: 'netlink',
    capabilities: ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE', ...(plain ? [] : ['CAP_SYS_ADMIN'])],
    missing: [],
    clockOffsetMs: index % LINE_UP.length === 12 ? CLOCK_OFF_MS : Math.round(between(key, 7, -40, 40)),
  };
}
