import { Component, input, signal } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';

/** So long the button says that it has copied. */
const SAID_MS = 2_000;

/** A line to be typed elsewhere, and a button that copies it. */
@Component({
  selector: 'cw-copy-line',
  imports: [TranslocoPipe],
  template: `
    <code class="mono" tabindex="0" role="textbox" aria-readonly="true" [attr.aria-label]="label()">{{ text() }}</code>
    <button type="button" class="button" (click)="copy()">
      <span aria-live="polite">{{ (copied() ? 'socket.copied' : 'socket.copy') | transloco }}</span>
      <span class="visually-hidden">{{ label() }}</span>
    </button>
  `,
  styles: `
    :host {
      display: flex;
      align-items: flex-start;
      gap: 8px;
    }
    code {
      flex: 1;
      min-width: 0;
      padding: 6px 8px;
      border-radius: var(--radius);
      background: var(--sunk);
      overflow-wrap: anywhere;
      user-select: all;
    }
    button {
      flex: none;
    }
  `,
})
export class CopyLine {
  readonly text = input.required<string>();
  /** What the line is: the program's name. */
  readonly label = input.required<string>();
  protected readonly copied = signal(false);

  protected async copy(): Promise<void> {
    await navigator.clipboard.writeText(this.text());
    this.copied.set(true);
    setTimeout(() => this.copied.set(false), SAID_MS);
  }
}
