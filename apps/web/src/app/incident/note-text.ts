import { Component, computed, input } from '@angular/core';
import { htmlOf } from './markdown.ts';

/** A note, its Markdown made visible. Angular sanitizes what it is given. */
@Component({
  selector: 'cw-note',
  template: `<div [innerHTML]="html()"></div>`,
  styles: `
    :host {
      display: block;
      max-width: 80ch;
      overflow-wrap: anywhere;
    }
    :host ::ng-deep :is(p, ul, ol, pre, blockquote, table) {
      margin: 0 0 8px;
    }
    :host ::ng-deep :is(h1, h2, h3, h4, h5, h6) {
      margin: 8px 0 4px;
      font: 600 14px/20px var(--sans);
    }
    :host ::ng-deep ul {
      padding-inline-start: 20px;
      list-style: disc;
    }
    :host ::ng-deep :is(code, pre) {
      font-family: var(--mono);
      font-size: 12.5px;
    }
    :host ::ng-deep pre {
      padding: 8px 12px;
      overflow-x: auto;
      border-radius: var(--radius);
      background: var(--sunk);
    }
    :host ::ng-deep blockquote {
      padding-inline-start: 12px;
      border-inline-start: 2px solid var(--line-strong);
      color: var(--muted);
    }
    :host ::ng-deep :is(th, td) {
      padding: 2px 12px 2px 0;
      text-align: start;
    }
  `,
})
export class NoteText {
  readonly text = input.required<string>();
  protected readonly html = computed(() => htmlOf(this.text()));
}
