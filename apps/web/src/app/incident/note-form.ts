import { Component, input, output, signal } from '@angular/core';
import type { IncidentDetails } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { deed } from './incident-deed.ts';

/** As long as the server takes one. */
const LONGEST = 20_000;

/** Adds a note to an incident. What was typed stays until the server has it. */
@Component({
  selector: 'cw-note-form',
  imports: [TranslocoPipe],
  template: `
    <form (submit)="add($event)">
      <label>
        <span>{{ 'incidentPage.note' | transloco }}</span>
        <textarea
          class="field"
          rows="3"
          data-testid="note-text"
          [maxLength]="longest"
          [value]="text()"
          (input)="typed($event)"
        ></textarea>
      </label>
      <button class="button" type="submit" data-testid="note-add" [disabled]="note.busy() || text().trim() === ''">
        {{ 'incidentPage.addNote' | transloco }}
      </button>
      @if (note.failure() !== null) {
        <p role="alert">{{ 'incidentPage.notDone' | transloco }} {{ note.failure() }}</p>
      }
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 8px;
      justify-items: start;
      max-width: 720px;
    }
    label {
      display: grid;
      gap: 4px;
      width: 100%;
    }
    span {
      color: var(--muted);
      font-size: 12px;
    }
    textarea.field {
      height: auto;
      padding: 8px 12px;
      resize: vertical;
    }
  `,
})
export class NoteForm {
  readonly incidentId = input.required<string>();
  readonly changed = output<IncidentDetails>();

  protected readonly longest = LONGEST;
  protected readonly text = signal('');
  protected readonly note = deed((incident) => this.changed.emit(incident));

  protected typed(event: Event): void {
    if (event.target instanceof HTMLTextAreaElement) this.text.set(event.target.value);
  }

  protected async add(event: Event): Promise<void> {
    event.preventDefault();
    const text = this.text().trim();
    if (text === '') return;
    if (await this.note.run((actions) => actions.note(this.incidentId(), text))) this.text.set('');
  }
}
