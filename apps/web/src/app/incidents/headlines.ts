import { Injectable, inject } from '@angular/core';
import { headlineParameters, type Incident } from '@closewatch/protocol';
import { Phrases } from '../i18n/phrases.ts';

/** Incidents in one sentence, in the chosen language: "checkout-service leaks 412 sockets to 10.0.2.7:443". */
@Injectable({ providedIn: 'root' })
export class Headlines {
  private readonly phrases = inject(Phrases);

  of(incident: Incident): string {
    return this.phrases.say(`rule.${incident.rule}.sentence`, headlineParameters(incident));
  }
}
