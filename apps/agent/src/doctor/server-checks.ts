import { performance } from 'node:perf_hooks';
import { EnvironmentError, type Environment } from '../environment.ts';
import { messageOf } from '../errors.ts';
import { dateOf, exchange } from '../uplink/http-exchange.ts';
import { type Finding } from './check.ts';

const TIMEOUT_MS = 5_000;
/** The server refuses what is dated further ahead; dates behind only look old until the first reply. */
const CLOCK_WORTH_TELLING_MS = 5_000;

/** Whether the server can be reached and takes the token. `configured`: the environment names them; `read` reads it. */
export async function checkServer(configured: boolean, read: () => Environment): Promise<Finding[]> {
  if (!configured) {
    return [
      {
        subject: 'Server',
        outcome: 'unknown',
        found: 'not tried, for the environment names no token',
        remedies: [
          "run doctor with the agent's own environment (CLOSEWATCH_SERVER, CLOSEWATCH_TOKEN_FILE, CLOSEWATCH_DATA)",
        ],
      },
    ];
  }
  let environment: Environment;
  try {
    environment = read();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return [
      { subject: 'Environment', outcome: 'failed', found: error.faults.join('; '), costs: 'the agent does not start' },
    ];
  }
  const signal = new AbortController().signal;
  try {
    const sentAt = performance.now();
    const alive = await exchange({
      method: 'GET',
      url: under(environment.server, '/health/live'),
      headers: { accept: 'application/json', 'cache-control': 'no-cache' },
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const tookMs = performance.now() - sentAt;
    if (alive.status !== 200) {
      return [wrongServer(`${environment.server.href} answers ${alive.status} to /health/live`)];
    }
    return [
      { subject: 'Server', outcome: 'ok', found: `${environment.server.href} answers in ${tookMs.toFixed(0)} ms` },
      clockFinding(dateOf(alive), Date.now()),
      await checkToken(environment, signal),
    ];
  } catch (error) {
    return [
      {
        subject: 'Server',
        outcome: 'failed',
        found: `${environment.server.href} does not answer: ${messageOf(error)}`,
        costs: 'snapshots are kept and sent when it is back',
        remedies: [
          'start the server, or set CLOSEWATCH_SERVER to where it listens',
          'let the agent through the firewall',
        ],
      },
    ];
  }
}

/** An empty push changes nothing: it is refused for its shape (400) by a server that took the token, else with 401. */
async function checkToken({ server, token }: Environment, signal: AbortSignal): Promise<Finding> {
  const answer = await exchange({
    method: 'POST',
    url: under(server, '/api/v1/snapshots'),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: Buffer.from('{}'),
    timeoutMs: TIMEOUT_MS,
    signal,
  });
  if (answer.status === 400) return { subject: 'Token', outcome: 'ok', found: 'the server takes it' };
  if (answer.status === 401 || answer.status === 403) {
    return {
      subject: 'Token',
      outcome: 'failed',
      found: `the server answers ${answer.status}: it does not know this token`,
      costs: 'no snapshot is taken',
      remedies: ['set CLOSEWATCH_TOKEN or CLOSEWATCH_TOKEN_FILE to a token of this server'],
    };
  }
  if (answer.status === 429 || answer.status === 503) {
    return { subject: 'Token', outcome: 'unknown', found: `the server is busy (${answer.status}); try again` };
  }
  return wrongServer(`${server.href} answers ${answer.status} to a push`);
}

function clockFinding(serverMs: number | undefined, nowMs: number): Finding {
  if (serverMs === undefined) return { subject: 'Clock', outcome: 'unknown', found: 'the server told no date' };
  const offMs = nowMs - serverMs;
  // A date header is up to a second old by nature.
  if (Math.abs(offMs) < CLOCK_WORTH_TELLING_MS) {
    return { subject: 'Clock', outcome: 'ok', found: "within seconds of the server's" };
  }
  const seconds = Math.round(Math.abs(offMs) / 1000);
  return {
    subject: 'Clock',
    outcome: 'reduced',
    found: `this host's clock is ${seconds} s ${offMs > 0 ? 'ahead of' : 'behind'} the server's`,
    costs: 'snapshots taken before the first reply of a server bear the wrong time; later ones are corrected',
    remedies: ['let NTP set the clock: timedatectl set-ntp true'],
  };
}

function wrongServer(found: string): Finding {
  return {
    subject: 'Server',
    outcome: 'failed',
    found,
    remedies: ['set CLOSEWATCH_SERVER to the address of a Closewatch server'],
  };
}

function under(server: URL, path: string): URL {
  const url = new URL(server);
  url.pathname = `${server.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}
