import { Component, computed, input, output } from '@angular/core';
import { LucideRefreshCw } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { requestFailure } from './request-failure.ts';

/** A read failed: what happened, under which request id to find it in the server's log, and a way to try again. */
@Component({
  selector: 'cw-error-state',
  imports: [LucideRefreshCw, TranslocoPipe],
  template: `
    <div role="alert">
      <strong>{{ heading() }}</strong>
      @if (failure().status === 0) {
        <p>{{ 'error.noAnswer' | transloco }}</p>
      } @else if (failure().message) {
        <p>{{ failure().message }}</p>
      }
      @if (failure().requestId) {
        <p class="muted">
          {{ 'error.requestId' | transloco }} <span class="mono">{{ failure().requestId }}</span>
        </p>
      }
    </div>
    <button type="button" class="button" (click)="retry.emit()">
      <svg lucideRefreshCw size="16"></svg>{{ 'error.retry' | transloco }}
    </button>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 16px;
      padding: 16px 0;
    }
    p {
      overflow-wrap: anywhere;
    }
  `,
})
export class ErrorState {
  readonly heading = input.required<string>();
  readonly cause = input.required<unknown>();
  readonly retry = output();
  protected readonly failure = computed(() => requestFailure(this.cause()));
}
