import { Component, computed, inject, input, output } from '@angular/core';
import { SEVERITIES } from '@closewatch/protocol';
import { RULES } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Phrases } from '../i18n/phrases.ts';
import { FILTER_STATES, isNarrow, type FilterState, type IncidentFilter } from './incident-filter.ts';

/** Translation keys of the states. */
const NAMES: Readonly<Record<FilterState, string>> = {
  open: 'incidents.open',
  resolved: 'incidents.resolved',
  all: 'incidents.all',
};

/** Which incidents to list. */
@Component({
  selector: 'cw-incident-filters',
  imports: [TranslocoPipe],
  template: `
    <div role="group" class="states" data-testid="state-choice" [attr.aria-label]="'incidents.state' | transloco">
      @for (state of states; track state) {
        <button
          type="button"
          class="button"
          [attr.data-state]="state"
          [attr.aria-pressed]="state === filter().state"
          (click)="filterChange.emit({ state })"
        >
          {{ names[state] | transloco }}
        </button>
      }
    </div>
    <label>
      <span class="visually-hidden">{{ 'incidents.severity' | transloco }}</span>
      <select class="field" data-testid="severity-choice" (change)="filterChange.emit({ severity: chosen($event) })">
        <option value="">{{ 'incidents.anySeverity' | transloco }}</option>
        @for (severity of severities; track severity) {
          <option [value]="severity" [selected]="severity === filter().severity">{{ levels()[severity] }}</option>
        }
      </select>
    </label>
    <label>
      <span class="visually-hidden">{{ 'incidents.rule' | transloco }}</span>
      <select class="field" data-testid="rule-choice" (change)="filterChange.emit({ rule: chosen($event) })">
        <option value="">{{ 'incidents.anyRule' | transloco }}</option>
        @for (rule of rules(); track rule.id) {
          <option [value]="rule.id" [selected]="rule.id === filter().rule">{{ rule.name }}</option>
        }
      </select>
    </label>
    <label>
      <span class="visually-hidden">{{ 'column.host' | transloco }}</span>
      <input
        class="field"
        type="search"
        autocomplete="off"
        spellcheck="false"
        data-testid="host-choice"
        [value]="filter().host ?? ''"
        [placeholder]="'incidents.anyHost' | transloco"
        (change)="filterChange.emit({ host: typed($event) })"
      />
    </label>
    @if (narrow()) {
      <button type="button" class="button" data-testid="clear-filter" (click)="clear()">
        {{ 'incidents.clear' | transloco }}
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 8px 12px;
    }
    .states {
      display: flex;

      .button:not(:first-child) {
        margin-inline-start: -1px;
        border-start-start-radius: 0;
        border-end-start-radius: 0;
      }
      .button:not(:last-child) {
        border-start-end-radius: 0;
        border-end-end-radius: 0;
      }
      .button[aria-pressed='true'] {
        background: color-mix(in oklab, var(--text) 14%, transparent);
      }
    }
    select.field {
      width: auto;
      max-width: 240px;
    }
    input.field {
      width: 168px;
    }
  `,
})
export class IncidentFilters {
  readonly filter = input.required<IncidentFilter>();
  /** What was changed, as it goes into the URL; null: any. */
  readonly filterChange = output<Partial<Record<keyof IncidentFilter, string | null>>>();

  private readonly phrases = inject(Phrases);
  protected readonly states = FILTER_STATES;
  protected readonly names = NAMES;
  protected readonly severities = SEVERITIES;
  protected readonly levels = computed(() => ({
    warning: this.phrases.say('level.warning'),
    critical: this.phrases.say('level.critical'),
  }));
  protected readonly rules = computed(() => RULES.map((id) => ({ id, name: this.phrases.say(`rule.${id}`) })));
  protected readonly narrow = computed(() => isNarrow(this.filter()));

  protected clear(): void {
    this.filterChange.emit({ severity: null, rule: null, host: null, service: null });
  }

  protected chosen(event: Event): string | null {
    return (event.target instanceof HTMLSelectElement && event.target.value) || null;
  }

  protected typed(event: Event): string | null {
    return (event.target instanceof HTMLInputElement && event.target.value.trim()) || null;
  }
}
