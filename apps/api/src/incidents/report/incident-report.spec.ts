import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LANGUAGES } from '@closewatch/messages';
import { type IncidentDetails, IncidentDetailsSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { marked } from 'marked';
import { DataSource } from 'typeorm';
import { INCIDENT_EXAMPLES } from '../../openapi/examples/incident-examples.ts';
import { readCsv } from '../../testing/csv-reader.ts';
import { buildIncident } from '../../testing/incident-builder.ts';
import { IncidentDesk, openedIncidents } from '../../testing/incident-desk.ts';
import { buildConnection, buildPush } from '../../testing/push-builder.ts';
import { buildEvidence, buildProcess } from '../../testing/section-builder.ts';
import { errorOf, TestApi } from '../../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts';
import { addIncidentEvidence } from '../incident-timeline.queries.ts';
import { IncidentReportSchema } from './incident-report.ts';
import { reportMarkdown } from './report-markdown.ts';

const NOW = Date.now();
const EXAMPLE = IncidentDetailsSchema.parse(INCIDENT_EXAMPLES['GET /api/v1/incidents/{id}']?.answer);

let database: TestDatabase;
let api: TestApi;
let cookie: string;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  await api.pushed(buildPush());
  const [host] = await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host');
  const incident = buildIncident(host?.hostId ?? 0, NOW);
  id = incident.id;
  await openedIncidents(api.app.get(DataSource), [incident]);
  const gathered = { hostId: incident.hostId, incidentId: id, capturedAt: NOW };
  await addIncidentEvidence(api.app.get(DataSource).manager, [
    { ...gathered, kind: 'process', content: buildEvidence(buildProcess(7)) },
    { ...gathered, kind: 'connections', content: { total: 300, items: [buildConnection('socket-aaaa', NOW)] } },
    { ...gathered, kind: 'peers', content: { total: 1, items: [{ address: '198.51.100.7', count: 300 }] } },
    { ...gathered, kind: 'kernel', content: { of: ['a', 'newer', { server: true }] } },
  ]);
  await new IncidentDesk(api, cookie).acted('POST', id, 'notes', { text: '=cmd()\n<script>alert(1)</script>' });
});

afterAll(async () => {
  await api?.stop();
  await database?.drop();
});

const report = (query = '') =>
  api.request<string>('GET', `/api/v1/incidents/${id}/report${query}`, { headers: { cookie } });

describe('GET /api/v1/incidents/:id/report', () => {
  it('is Markdown in English, unless something else is asked for', async () => {
    const { body, headers } = await report();
    expect(headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="closewatch-incident-${id.slice(0, 8)}-\\d{8}T\\d{6}Z\\.md"$`),
    );
    expect(body).toContain('# checkout.service leaks 12 connections on port 8080');
    expect(body).toContain('### Cause: Code leak (90% sure)');
    expect(body).toContain('| 198.51.100.7 | 300 |');
    expect(body).toContain('| 192.0.2.1:8080 | 198.51.100.7:51234 |');
    expect(body).toContain('1 of 300 are shown.');
    expect(body).toContain('| of\\[2\\].server | true |');
    expect(body).toContain('> &lt;script>alert(1)&lt;/script>');
  });

  it('is Chinese where that is asked for', async () => {
    const { body } = await report('?language=zh-Hans');
    expect(body).toContain('# checkout.service 在端口 8080 上泄漏 12 条连接');
    const headings = [...body.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
    expect(headings.length).toBeGreaterThan(8);
    expect(headings.filter((heading) => !/\p{Script=Han}/u.test(heading))).toEqual([]);
  });

  it('is all of it as JSON', async () => {
    const { body } = await report('?format=json&language=zh-Hans');
    const told = IncidentReportSchema.parse(body);
    expect(told).toMatchObject({ language: 'zh-Hans', incident: { id } });
    expect(told.incident).toEqual(await api.read(cookie, `/api/v1/incidents/${id}`));
  });

  it('is the timeline as CSV, in which nothing is a formula', async () => {
    const { body, headers } = await report('?format=csv');
    expect(headers.get('content-type')).toContain('text/csv');
    const [header = [], ...rows] = readCsv(body);
    expect(header).toEqual(['number', 'at', 'kind', 'by', 'text', 'content']);
    expect(rows.map((row) => [row[0], row[2], row[3], row[4]])).toEqual([
      ['0', 'opened', '', ''],
      ['1', 'note', 'admin', "'=cmd()\n<script>alert(1)</script>"],
    ]);
  });

  it.each([['?format=html'], ['?language=fr'], ['?format=csv&format=json']])('refuses %s', async (query) => {
    expect(errorOf(await report(query)).statusCode).toBe(400);
  });

  it('is 404 of an incident that there is not', async () => {
    const path = '/api/v1/incidents/5a1c7f0e-3d2b-4c8a-9e6f-1b2c3d4e5f60/report';
    expect(errorOf(await api.request('GET', path, { headers: { cookie } })).statusCode).toBe(404);
  });
});

/** What a browser would take for more than text. */
async function dangers(markdown: string): Promise<string[]> {
  const html = await marked.parse(markdown);
  return [
    ...html.matchAll(
      /<(?!\/?(?:h[1-6]|p|table|thead|tbody|tr|t[hd]|[uo]l|li|strong|em|del|code|pre|blockquote|br|hr|a)[\s>/])/g,
    ),
    ...html.matchAll(/\s(?:on\w+|style)\s*=\s*"/gi),
    ...html.matchAll(/href="(?!https?:|mailto:)[^"]*"/gi),
  ].map(([found]) => found);
}

const hostile = fc
  .array(
    fc.constantFrom(
      ...['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '[x](javascript:alert(1))', '\n', '\r', '\n\n'],
      ...['[x](JaVa\\script:alert(1))', '[x](javascript&colon;alert(1))', '![x](https://evil.example/p.png)', ' '],
      ...['[a]: javascript:alert(1)', '[a]', '[a][a]', '`', '```', '~~~', '|', '|---|', '# ', '> ', '- ', '    ', '\\'],
      ...['](', ']: ', '<!--', '-->', '<a href="javascript:alert(1)">', '[x](<javascript:alert(1)>)', '&lt;', '*', '_'],
      ...[
        '[x]( \n javascript:alert(1))',
        '[x](data:text/html,1)',
        '<https://a.example>',
        '[x](https://a.example)',
        '\t',
      ],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('the report as Markdown', () => {
  it('holds no HTML and no script, whatever notes and names say', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, fc.constantFrom(...LANGUAGES), async (note, name, language) => {
        const [first, ...others] = EXAMPLE.events;
        const incident: IncidentDetails = {
          ...EXAMPLE,
          ...{ service: name, hostname: name, owner: name },
          events: [
            ...others,
            ...(first === undefined ? [] : [{ ...first, by: name, text: note, content: { owner: name } }]),
          ],
          evidence: [{ number: 0, capturedAt: EXAMPLE.openedAt, kind: 'kernel', content: { [name]: [name] } }],
          changes: EXAMPLE.changes.map((mark) => ({ ...mark, service: name, text: name, author: name })),
          similar: [{ ...EXAMPLE, service: name, hostname: name }],
        };
        const markdown = reportMarkdown(incident, language, EXAMPLE.openedAt);
        expect(markdown).not.toContain('<');
        expect(await dangers(markdown)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('would be found out', async () => {
    expect(await dangers('<script>alert(1)</script>')).toHaveLength(2);
    expect(await dangers('[x](javascript:alert(1))')).toHaveLength(1);
    expect(await dangers('![x](https://evil.example/p.png)')).toHaveLength(1);
  });

  it('keeps the markup of notes that is only looks', () => {
    const events = [
      { ...EXAMPLE.events[1]!, text: '**Bold**, a [link](https://wiki.example/a?b=1), `code`\n\n- one\n- two' },
    ];
    const markdown = reportMarkdown({ ...EXAMPLE, events }, 'en', EXAMPLE.openedAt);
    expect(markdown).toContain('> **Bold**, a [link](https://wiki.example/a?b=1), `code`\n>\n> - one\n> - two');
  });

  it('says what changed before it began', () => {
    expect(reportMarkdown(EXAMPLE, 'en', EXAMPLE.openedAt)).toContain(
      'It began 4 min after checkout-service was deployed.',
    );
  });
});
