import { Component, computed, input } from '@angular/core';

/** An address with its port (`[2001:db8::1]:443`): where room is short the address is cut, never the port. */
@Component({
  selector: 'cw-endpoint',
  template: `<span class="address">{{ address() }}</span
    ><span class="port">{{ port() }}</span>`,
  styles: `
    :host {
      display: flex;
      min-width: 0;
    }
    .address {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .port {
      flex: none;
    }
  `,
  host: { '[title]': 'text()' },
})
export class EndpointText {
  readonly text = input.required<string>();
  private readonly colon = computed(() => this.text().lastIndexOf(':'));
  protected readonly address = computed(() => this.text().slice(0, this.colon()));
  protected readonly port = computed(() => this.text().slice(this.colon()));
}
