import { Component } from '@angular/core';

/** An open C whose gap is filled by one warm dot: the connection that was not closed. */
@Component({
  selector: 'cw-brand-mark',
  template: `<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
    <path d="M17.5 7a7.4 7.4 0 1 0 0 10" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />
    <circle cx="18" cy="12" r="2.6" fill="var(--close_wait)" />
  </svg>`,
  styles: `
    :host {
      display: inline-flex;
    }
  `,
})
export class BrandMark {}
