import { Component, DOCUMENT, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { EmptyState } from '../ui/empty-state.ts';

/** How to start an agent: the whole page of an empty fleet, a note under a small one. */
@Component({
  selector: 'cw-add-host',
  imports: [EmptyState, TranslocoPipe],
  template: `
    @if (first()) {
      <cw-empty-state [heading]="'addHost.none' | transloco" [text]="'addHost.noneText' | transloco">
        <pre class="mono" tabindex="0" [attr.aria-label]="'addHost.command' | transloco">{{ command() }}</pre>
        <p class="muted">{{ 'addHost.token' | transloco }}</p>
      </cw-empty-state>
    } @else {
      <details>
        <summary>{{ 'addHost.another' | transloco }}</summary>
        <p class="muted">{{ 'addHost.anotherText' | transloco }}</p>
        <pre class="mono" tabindex="0" [attr.aria-label]="'addHost.command' | transloco">{{ command() }}</pre>
        <p class="muted">{{ 'addHost.token' | transloco }}</p>
      </details>
    }
  `,
  styles: `
    pre {
      max-width: 100%;
      margin: 8px 0;
      padding: 12px 16px;
      overflow-x: auto;
      border: 1px solid var(--line);
      border-radius: var(--radius);
      background: var(--surface);
      line-height: 20px;
    }
    details {
      max-width: 760px;
      padding-top: 16px;
      border-top: 1px solid var(--line);
    }
    summary {
      width: fit-content;
      cursor: pointer;
      font-weight: 500;
    }
    details p {
      margin-top: 8px;
      text-wrap: pretty;
    }
  `,
})
export class AddHost {
  /** There is no host yet. */
  readonly first = input.required<boolean>();
  private readonly origin = inject(DOCUMENT).location.origin;
  protected readonly command = computed(
    () => `CLOSEWATCH_SERVER=${this.origin} \\\nCLOSEWATCH_TOKEN_FILE=./agent-token \\\nclosewatch-agent run`,
  );
}
