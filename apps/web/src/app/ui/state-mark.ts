import { Component, computed, input } from '@angular/core';
import { TCP_STATE_FACTS, type TcpState } from '@closewatch/socket-states';

/**
 * The sign of a state: its colour, and a shape for its side of the close (passive a block, active an outline, set-up a
 * triangle, open a disc, none a ring).
 */
@Component({
  selector: 'cw-state-mark',
  template: '',
  host: { 'aria-hidden': 'true', '[class]': 'side()', '[style.--mark]': 'colour()' },
  styles: `
    :host {
      display: inline-block;
      flex: none;
      width: 8px;
      height: 8px;
      background: var(--mark);
    }
    :host(.passive) {
      border-radius: 1px;
    }
    :host(.active) {
      border: 2px solid var(--mark);
      border-radius: 1px;
      background: none;
    }
    :host(.setup) {
      clip-path: polygon(50% 0, 100% 100%, 0 100%);
    }
    :host(.open) {
      border-radius: 50%;
    }
    :host(.none) {
      border: 2px solid var(--mark);
      border-radius: 50%;
      background: none;
    }
  `,
})
export class StateMark {
  readonly state = input.required<TcpState>();
  protected readonly side = computed(() => TCP_STATE_FACTS[this.state()].side);
  protected readonly colour = computed(() => `var(--${this.state()})`);
}
