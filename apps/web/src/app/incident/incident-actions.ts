import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { IncidentDetailsSchema, type IncidentDetails } from '@closewatch/protocol';
import type { Verdict } from '@closewatch/socket-states';
import { firstValueFrom, type Observable } from 'rxjs';

/** What people do to an incident; each answers with the incident as it is then, or throws what the request failed with. */
@Injectable({ providedIn: 'root' })
export class IncidentActions {
  private readonly http = inject(HttpClient);

  acknowledge(id: string): Promise<IncidentDetails> {
    return answered(this.http.post(urlOf(id, 'acknowledge'), {}));
  }

  unacknowledge(id: string): Promise<IncidentDetails> {
    return answered(this.http.delete(urlOf(id, 'acknowledge')));
  }

  resolve(id: string): Promise<IncidentDetails> {
    return answered(this.http.post(urlOf(id, 'resolve'), {}));
  }

  own(id: string, owner: string | null): Promise<IncidentDetails> {
    return answered(this.http.put(urlOf(id, 'owner'), { owner }));
  }

  note(id: string, text: string): Promise<IncidentDetails> {
    return answered(this.http.post(urlOf(id, 'notes'), { text }));
  }

  review(id: string, verdict: Verdict): Promise<IncidentDetails> {
    return answered(this.http.put(urlOf(id, 'review'), { verdict }));
  }
}

function urlOf(id: string, action: string): string {
  return `/api/v1/incidents/${id}/${action}`;
}

async function answered(answer: Observable<unknown>): Promise<IncidentDetails> {
  return IncidentDetailsSchema.parse(await firstValueFrom(answer));
}
