import { type IncidentDetails } from '@closewatch/protocol';
import { type DataSource } from 'typeorm';
import { insertIncidents } from '../incidents/incident-store.queries.ts';
import { addIncidentEvents } from '../incidents/incident-timeline.queries.ts';
import { type KeptIncident } from '../incidents/kept-incident.ts';
import { type Answer, type TestApi } from './test-api.ts';

/** Opens incidents as the detection engine does. */
export async function openedIncidents(dataSource: DataSource, incidents: readonly KeptIncident[]): Promise<void> {
  await dataSource.transaction(async (sql) => {
    const inserted = await insertIncidents(sql, incidents);
    if (inserted.size < incidents.length) throw new Error('An incident of the same key is open already.');
    await addIncidentEvents(
      sql,
      incidents.map(({ hostId, id, openedAt, severity }) => ({
        ...{ hostId, incidentId: id, at: openedAt, kind: 'opened' as const },
        ...{ by: null, text: null, content: { severity } },
      })),
    );
  });
}

/** What somebody who is signed in does to incidents. */
export class IncidentDesk {
  constructor(
    private readonly api: TestApi,
    private readonly cookie: string,
  ) {}

  /** `POST acknowledge` of an incident; the answer whatever it is. */
  act<Body = IncidentDetails>(method: string, id: string, action: string, body?: unknown): Promise<Answer<Body>> {
    const path = `/api/v1/incidents/${id}${action === '' ? '' : `/${action}`}`;
    return this.api.request<Body>(method, path, {
      headers: { cookie: this.cookie },
      ...(body === undefined ? {} : { body }),
    });
  }

  /** The same, which must succeed. */
  async acted(method: string, id: string, action: string, body?: unknown): Promise<IncidentDetails> {
    const { status, body: incident } = await this.act(method, id, action, body);
    if (status !== 200) throw new Error(`${method} ${action} failed with ${status}: ${JSON.stringify(incident)}`);
    return incident;
  }
}
