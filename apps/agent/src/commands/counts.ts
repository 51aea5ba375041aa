import { type Source } from '@closewatch/protocol';
import { netstatLines } from '@closewatch/socket-states';
import { chooseSource } from '../sockets/choose-source.ts';

export interface CountsOptions {
  readonly json: boolean;
  readonly source?: Source | undefined;
  readonly procRoot: string;
}

/**
 * What `closewatch-agent counts` prints: the lines of `netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'`
 * for the network namespace it runs in, or one JSON object with OpenTelemetry's state names. What could not be read
 * comes back apart, for stderr.
 */
export async function counts(options: CountsOptions): Promise<{ output: string; missing: readonly string[] }> {
  const source = await chooseSource(options.procRoot, options.source);
  try {
    const takenAt = new Date().toISOString();
    const table = await source.read();
    const output = options.json
      ? JSON.stringify({ takenAt, source: table.source, counts: table.counts })
      : netstatLines(table.counts).join('\n');
    return { output: output === '' ? '' : `${output}\n`, missing: table.missing };
  } finally {
    source.close();
  }
}
