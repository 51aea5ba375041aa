import { Component } from '@angular/core';

/** A short word that classes what it stands beside. */
@Component({
  selector: 'cw-badge',
  template: '<ng-content />',
  styles: `
    :host {
      display: inline-block;
      padding: 0 6px;
      border: 1px solid var(--line-strong);
      border-radius: 4px;
      font-size: 12px;
      line-height: 18px;
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
  `,
})
export class Badge {}
