const PATIENCE_MS = 5_000;

/**
 * How far a server's clock is ahead of ours, milliseconds, by the `Date` of a reply; 0 where that is a matter of its
 * rounding. Throws when nobody answers there.
 */
export async function clockAhead(server: URL): Promise<number> {
  const url = `${server.href.replace(/\/+$/, '')}/health/live`;
  let reply: Response;
  try {
    reply = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (cause) {
    throw new Error(`nobody answers at ${server.href}: is the server running there?`, { cause });
  }
  await reply.body?.cancel();
  const told = Date.parse(reply.headers.get('date') ?? '');
  const aheadMs = told + 500 - Date.now();
  return Number.isNaN(aheadMs) || Math.abs(aheadMs) < 2_000 ? 0 : Math.round(aheadMs);
}
