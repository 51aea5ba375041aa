export type RoleName = 'web' | 'api' | 'db' | 'cache' | 'lb' | 'queue' | 'batch';

/** Where a program connects to; `role` names hosts of the fleet, null somebody outside. */
export interface Destination {
  readonly role: RoleName | null;
  readonly port: number;
  /** Connections kept open, on average. */
  readonly established: number;
}

/** A program that runs on hosts of a role. Numbers are averages over a week. */
export interface Program {
  readonly executable: string;
  readonly command: string;
  readonly unit?: string;
  readonly uid: number;
  readonly workers: number;
  readonly threads: number;
  readonly listens: readonly number[];
  /** Connections that others keep open to it. */
  readonly inbound: number;
  readonly outbound: readonly Destination[];
  /** Connections a second that this side closes first. */
  readonly closesPerSecond: number;
  /** Connections a second that pass CLOSE_WAIT in good health. */
  readonly turnoverPerSecond: number;
  readonly descriptorLimit: number;
}

export const NODE_EXPORTER: Program = {
  executable: '/usr/bin/prometheus-node-exporter',
  command: '/usr/bin/prometheus-node-exporter',
  unit: 'prometheus-node-exporter.service',
  uid: 112,
  workers: 1,
  threads: 7,
  listens: [9100],
  inbound: 1,
  outbound: [],
  closesPerSecond: 0.07,
  turnoverPerSecond: 0,
  descriptorLimit: 1_024,
};

export const PRICING: Program = {
  executable: '/app/pricing',
  command: '/app/pricing --listen :8090 --currency EUR',
  uid: 65_532,
  workers: 1,
  threads: 14,
  listens: [8090],
  inbound: 24,
  outbound: [{ role: 'cache', port: 6379, established: 6 }],
  closesPerSecond: 1.5,
  turnoverPerSecond: 0.6,
  descriptorLimit: 1_048_576,
};

export const SHOP: Program = {
  executable: '/usr/bin/node',
  command: 'node /srv/shop/server.js --port 3000',
  unit: 'shop-frontend.service',
  uid: 1_001,
  workers: 4,
  threads: 11,
  listens: [3000],
  inbound: 90,
  outbound: [
    { role: 'api', port: 8080, established: 48 },
    { role: 'cache', port: 6379, established: 8 },
  ],
  closesPerSecond: 9,
  turnoverPerSecond: 1.4,
  descriptorLimit: 16_384,
};

export const NGINX: Program = {
  executable: '/usr/sbin/nginx',
  command: 'nginx: worker process',
  unit: 'nginx.service',
  uid: 33,
  workers: 2,
  threads: 1,
  listens: [80, 443],
  inbound: 380,
  outbound: [],
  closesPerSecond: 14,
  turnoverPerSecond: 2.2,
  descriptorLimit: 65_536,
};

export const ORDERS: Program = {
  executable: '/usr/lib/jvm/java-21-openjdk-amd64/bin/java',
  command: 'java -Xmx4g -jar /srv/orders/orders.jar --spring.profiles.active=production',
  unit: 'orders.service',
  uid: 1_002,
  workers: 1,
  threads: 86,
  listens: [8080, 8081],
  inbound: 140,
  outbound: [
    { role: 'db', port: 6432, established: 40 },
    { role: 'cache', port: 6379, established: 16 },
    { role: 'queue', port: 5672, established: 4 },
    { role: null, port: 443, established: 6 },
  ],
  closesPerSecond: 6,
  turnoverPerSecond: 0.9,
  descriptorLimit: 4_096,
};

export const PGBOUNCER: Program = {
  executable: '/usr/sbin/pgbouncer',
  command: '/usr/sbin/pgbouncer /etc/pgbouncer/pgbouncer.ini',
  unit: 'pgbouncer.service',
  uid: 113,
  workers: 1,
  threads: 2,
  listens: [6432],
  inbound: 320,
  outbound: [],
  closesPerSecond: 0.6,
  turnoverPerSecond: 1.1,
  descriptorLimit: 8_192,
};

export const POSTGRES: Program = {
  executable: '/usr/lib/postgresql/18/bin/postgres',
  command: '/usr/lib/postgresql/18/bin/postgres -D /var/lib/postgresql/18/main',
  unit: 'postgresql@18-main.service',
  uid: 112,
  workers: 1,
  threads: 1,
  listens: [5432],
  inbound: 60,
  outbound: [{ role: 'db', port: 5432, established: 1 }],
  closesPerSecond: 0.2,
  turnoverPerSecond: 0,
  descriptorLimit: 65_536,
};

export const REDIS: Program = {
  executable: '/usr/bin/redis-server',
  command: '/usr/bin/redis-server *:6379',
  unit: 'redis-server.service',
  uid: 115,
  workers: 1,
  threads: 5,
  listens: [6379],
  inbound: 260,
  outbound: [{ role: 'cache', port: 6379, established: 1 }],
  closesPerSecond: 0.4,
  turnoverPerSecond: 0.5,
  descriptorLimit: 10_032,
};

export const HAPROXY: Program = {
  executable: '/usr/sbin/haproxy',
  command: '/usr/sbin/haproxy -Ws -f /etc/haproxy/haproxy.cfg',
  unit: 'haproxy.service',
  uid: 114,
  workers: 2,
  threads: 4,
  listens: [80, 443, 8404],
  inbound: 1_900,
  outbound: [
    { role: 'web', port: 443, established: 640 },
    { role: 'api', port: 8080, established: 90 },
  ],
  closesPerSecond: 120,
  turnoverPerSecond: 5,
  descriptorLimit: 262_144,
};

export const RABBITMQ: Program = {
  executable: '/usr/lib/erlang/erts-15.2/bin/beam.smp',
  command: 'beam.smp -W w -MBas ageffcbf -- -root /usr/lib/erlang -progname erl -- -home /var/lib/rabbitmq',
  unit: 'rabbitmq-server.service',
  uid: 116,
  workers: 1,
  threads: 38,
  listens: [5672, 15672, 25672],
  inbound: 120,
  outbound: [{ role: 'queue', port: 25672, established: 2 }],
  closesPerSecond: 0.8,
  turnoverPerSecond: 0.3,
  descriptorLimit: 65_536,
};

export const ETL: Program = {
  executable: '/usr/bin/python3.13',
  command: 'python3 /srv/etl/worker.py --queue exports --concurrency 16',
  unit: 'etl-worker.service',
  uid: 1_004,
  workers: 2,
  threads: 17,
  listens: [8000],
  inbound: 3,
  outbound: [
    { role: 'db', port: 6432, established: 12 },
    { role: 'queue', port: 5672, established: 2 },
    { role: null, port: 443, established: 18 },
  ],
  closesPerSecond: 3,
  turnoverPerSecond: 0.8,
  descriptorLimit: 1_024,
};
