import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { IncidentDetailsSchema, IncidentSchema } from '@closewatch/protocol';
import { DataSource } from 'typeorm';
import { openIncidents, updateIncidents } from '../incidents/incident-store.queries.ts';
import { IncidentsFeed } from '../incidents/incidents-feed.ts';
import { buildIncident } from '../testing/incident-builder.ts';
import { IncidentDesk, openedIncidents } from '../testing/incident-desk.ts';
import { pictureOf } from '../testing/live-chain.ts';
import { LiveClient } from '../testing/live-client.ts';
import { buildPush } from '../testing/push-builder.ts';
import { TestApi } from '../testing/test-api.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';

const NOW = Date.now();
const push = buildPush();

let database: TestDatabase;
let api: TestApi;
/** Another server on the same database. */
let other: TestApi;
let cookie: string;
let hostId: number;
let port = 1_000;
const clients: LiveClient[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  api = await TestApi.start({ databaseUrl: database.url });
  other = await TestApi.start({ databaseUrl: database.url });
  cookie = await api.signIn();
  // The server that came last made the agents' token.
  await other.pushed(push);
  const [row] = await database.query<{ hostId: number }>('SELECT host_id AS "hostId" FROM host');
  hostId = row?.hostId ?? 0;
});

afterEach(() => {
  for (const client of clients.splice(0)) client.socket.close();
});

afterAll(async () => {
  await other?.stop();
  await api?.stop();
  await database?.drop();
});

async function connected(): Promise<LiveClient> {
  const client = await LiveClient.connect(api.url, { cookie });
  clients.push(client);
  return client;
}

/** Opens an incident as the engine of a server does. */
async function open(by: TestApi): Promise<string> {
  const incident = buildIncident(hostId, NOW, { port: port++ });
  await openedIncidents(by.app.get(DataSource), [incident]);
  by.app.get(IncidentsFeed).changed([incident.id]);
  return incident.id;
}

const heardOf = (client: LiveClient, event: 'incident:opened' | 'incident:changed', id: string) =>
  client.messages(event).filter(({ incident }) => incident.id === id);

describe('whoever watches the fleet', () => {
  it('hears of an incident when it opens, when it changes and when it is resolved', async () => {
    const client = await connected();
    pictureOf(await client.watchFleet());
    const id = await open(api);
    await client.until(() => heardOf(client, 'incident:opened', id).length === 1);
    const [opened] = heardOf(client, 'incident:opened', id);
    expect(IncidentSchema.parse(opened?.incident)).toMatchObject({ state: 'open', hostId: push.agentId });
    const desk = new IncidentDesk(api, cookie);
    await desk.acted('PUT', id, 'owner', { owner: 'shop team' });
    await client.until(() => heardOf(client, 'incident:changed', id).length === 1);
    await desk.acted('POST', id, 'resolve');
    await client.until(() => heardOf(client, 'incident:changed', id).length === 2);
    const last = heardOf(client, 'incident:changed', id).at(-1);
    expect(last).toMatchObject({ cursor: '2', incident: { state: 'resolved', owner: 'shop team' } });
    expect(heardOf(client, 'incident:opened', id)).toHaveLength(1);
  });

  it('hears of what another server did', async () => {
    const client = await connected();
    pictureOf(await client.watchFleet());
    const id = await open(other);
    await client.until(() => heardOf(client, 'incident:opened', id).length === 1);
  });

  it('hears of no more hosts than it asked for', async () => {
    const [one, all] = [await connected(), await connected()];
    pictureOf(await one.watchFleet([randomUUID()]));
    pictureOf(await all.watchFleet([push.agentId]));
    const id = await open(api);
    await all.until(() => heardOf(all, 'incident:opened', id).length === 1);
    expect(one.messages('incident:opened')).toEqual([]);
  });

  it('hears of all hosts when it looks at none of them', async () => {
    const client = await connected();
    expect(pictureOf(await client.watchFleet([])).hosts).toEqual([]);
    const id = await open(api);
    await client.until(() => heardOf(client, 'incident:opened', id).length === 1);
  });

  it('is not told what was there before', async () => {
    const before = await open(api);
    const client = await connected();
    pictureOf(await client.watchFleet());
    const after = await open(api);
    await client.until(() => heardOf(client, 'incident:opened', after).length === 1);
    expect(heardOf(client, 'incident:opened', before)).toEqual([]);
  });

  it('hears of hundreds that open at once, of each', async () => {
    const client = await connected();
    pictureOf(await client.watchFleet());
    const incidents = Array.from({ length: 200 }, () => buildIncident(hostId, NOW, { port: port++ }));
    await openedIncidents(api.app.get(DataSource), incidents);
    api.app.get(IncidentsFeed).changed(incidents.map(({ id }) => id));
    const told = () => new Set(client.messages('incident:opened').map(({ incident }) => incident.id)).size;
    await client.until(() => told() >= 200, 10_000);
  });
});

describe('whoever watches an incident', () => {
  it('gets it as it is, and hears of each change, resolved or not, until it watches no more', async () => {
    const id = await open(api);
    const desk = new IncidentDesk(api, cookie);
    await desk.acted('POST', id, 'resolve');
    const client = await connected();
    const picture = pictureOf(await client.watchIncident(id));
    expect(IncidentDetailsSchema.parse(picture.incident)).toMatchObject({ id, state: 'resolved', version: 1 });
    expect(picture.cursor).toBe('1');
    await new IncidentDesk(other, cookie).acted('POST', id, 'notes', { text: 'The pool.' });
    await client.until(() => heardOf(client, 'incident:changed', id).length === 1);
    expect(heardOf(client, 'incident:changed', id)[0]).toMatchObject({ cursor: '2', incident: { version: 2 } });
    pictureOf(await client.unwatchIncident(id));
    await desk.acted('POST', id, 'notes', { text: 'The pool, indeed.' });
    const witness = await connected();
    pictureOf(await witness.watchFleet());
    const next = await open(api);
    await witness.until(() => heardOf(witness, 'incident:opened', next).length === 1);
    expect(client.news).toHaveLength(1);
  });

  it('hears nothing of the others', async () => {
    const [mine, another] = [await open(api), await open(api)];
    const client = await connected();
    pictureOf(await client.watchIncident(mine));
    const desk = new IncidentDesk(api, cookie);
    await desk.acted('POST', another, 'notes', { text: 'Not this one.' });
    await desk.acted('POST', mine, 'notes', { text: 'This one.' });
    await client.until(() => client.news.length === 1);
    expect(heardOf(client, 'incident:changed', mine)).toHaveLength(1);
  });

  it('hears of the last of many changes', async () => {
    const id = await open(api);
    const client = await connected();
    pictureOf(await client.watchIncident(id));
    const sql = api.app.get(DataSource).manager;
    for (let leaked = 1; leaked <= 100; leaked++) {
      const incident = (await openIncidents(sql, [hostId])).find((one) => one.id === id);
      if (incident === undefined) throw new Error('It must be open.');
      await updateIncidents(sql, [{ ...incident, figures: { leaked } }]);
      api.app.get(IncidentsFeed).changed([id]);
    }
    await client.until(() => heardOf(client, 'incident:changed', id).at(-1)?.incident.figures['leaked'] === 100);
    expect(heardOf(client, 'incident:changed', id).length).toBeLessThan(60);
  });

  it('is told when there is no such incident', async () => {
    const client = await connected();
    expect(await client.watchIncident(randomUUID())).toMatchObject({ ok: false, error: { statusCode: 404 } });
    expect(await client.sendRaw('incident:watch', { id: 7 })).toMatchObject({ ok: false, error: { statusCode: 400 } });
    expect(await client.sendRaw('incident:unwatch', null)).toMatchObject({ ok: false, error: { statusCode: 400 } });
  });
});
