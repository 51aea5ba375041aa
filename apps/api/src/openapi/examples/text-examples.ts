import { type RouteExamples } from './route-examples.ts';

export const TEXT_EXAMPLES: RouteExamples = {
  'POST /api/v1/ingest/text': {
    answer: {
      host: { id: '262b1b6f-b4ea-598d-be41-7e82a3a235c9', hostname: 'router-01' },
      tool: 'ss',
      takenAt: '2026-11-22T14:59:49.519Z',
      intervalMs: 60000,
      lines: 3,
      sockets: 2,
      counts: {
        listen: 1,
        syn_sent: 0,
        syn_received: 0,
        established: 0,
        fin_wait_1: 0,
        fin_wait_2: 0,
        closing: 0,
        time_wait: 0,
        close_wait: 1,
        last_ack: 0,
        closed: 0,
        unknown: 0,
      },
      closeWait: { count: 1, listed: 1, cut: 0, unlisted: 0 },
      skipped: [],
      missing: [
        'agent: there is none on this host, its sockets come as text from ss',
        'owners: the text names no processes; run ss or netstat as root and with -p',
        'ages: counted from the first text that shows a connection; ss -i tells them',
      ],
    },
    body: 'Netid State      Recv-Q Send-Q Local Address:Port  Peer Address:Port\ntcp   LISTEN     0      128    0.0.0.0:8080        0.0.0.0:*\ntcp   CLOSE-WAIT 1      0      10.0.0.1:8080       10.0.0.9:40022\n',
  },
};
