import {
  ETL,
  HAPROXY,
  NGINX,
  NODE_EXPORTER,
  ORDERS,
  PGBOUNCER,
  POSTGRES,
  PRICING,
  RABBITMQ,
  REDIS,
  SHOP,
  type Program,
  type RoleName,
} from './programs.ts';
import { type Shape } from './wave.ts';

export const LEAK_KINDS = [
  'fast',
  'slow',
  'saw_tooth',
  'not_accepted',
  'unread',
  'locked',
  'orphans',
  'inherited',
  'half_close',
] as const;
export type LeakKind = (typeof LEAK_KINDS)[number];

export interface Role {
  readonly name: RoleName;
  readonly shape: Shape;
  /** The first is the one that leaks where a host has a leak. */
  readonly programs: readonly Program[];
  /** Kinds of leak that its first program may have. */
  readonly leaks: readonly LeakKind[];
  /** Runs in containers with network namespaces of their own, beside it. */
  readonly contained: readonly Program[];
  readonly maxTimeWait: number;
}

const HOUR_MS = 3_600_000;
const SHOPPING: Shape = { day: 0.45, halfDay: 0.12, week: 0.15, peakMs: 15 * HOUR_MS };
const OFFICE: Shape = { day: 0.4, halfDay: 0.1, week: 0.3, peakMs: 13 * HOUR_MS };
const STEADY: Shape = { day: 0.12, halfDay: 0.03, week: 0.05, peakMs: 16 * HOUR_MS };
const NIGHTLY: Shape = { day: 0.5, halfDay: 0.15, week: 0.1, peakMs: 2 * HOUR_MS };

export const ROLES: readonly Role[] = [
  {
    name: 'web',
    shape: SHOPPING,
    leaks: ['fast', 'saw_tooth', 'unread', 'half_close'],
    contained: [],
    maxTimeWait: 65_536,
    programs: [SHOP, NGINX, NODE_EXPORTER],
  },
  {
    name: 'api',
    shape: SHOPPING,
    leaks: ['slow', 'inherited', 'not_accepted', 'locked', 'fast'],
    contained: [PRICING],
    maxTimeWait: 65_536,
    programs: [ORDERS, NODE_EXPORTER],
  },
  {
    name: 'db',
    shape: STEADY,
    leaks: ['slow', 'orphans'],
    contained: [],
    maxTimeWait: 131_072,
    programs: [PGBOUNCER, POSTGRES, NODE_EXPORTER],
  },
  {
    name: 'cache',
    shape: SHOPPING,
    leaks: ['orphans', 'half_close'],
    contained: [],
    maxTimeWait: 131_072,
    programs: [REDIS, NODE_EXPORTER],
  },
  {
    name: 'lb',
    shape: SHOPPING,
    leaks: ['half_close', 'fast'],
    contained: [],
    maxTimeWait: 262_144,
    programs: [HAPROXY, NODE_EXPORTER],
  },
  {
    name: 'queue',
    shape: OFFICE,
    leaks: ['not_accepted', 'slow'],
    contained: [],
    maxTimeWait: 65_536,
    programs: [RABBITMQ, NODE_EXPORTER],
  },
  {
    name: 'batch',
    shape: NIGHTLY,
    leaks: ['saw_tooth', 'unread'],
    contained: [],
    maxTimeWait: 65_536,
    programs: [ETL, NODE_EXPORTER],
  },
];

/** The roles of thirty hosts; a larger fleet has more of the same. */
export const LINE_UP: readonly RoleName[] = (
  'web api web db web api cache web api lb web api db web api queue ' +
  'web api cache web db batch web api lb web api db cache queue'
)
  .split(' ')
  .map((name) => roleNamed(name).name);

export function roleNamed(name: string): Role {
  const role = ROLES.find((known) => known.name === name);
  if (role === undefined) throw new RangeError(`There is no role ${name}.`);
  return role;
}
