import { Component } from '@angular/core';
import { HostSchema } from '@closewatch/protocol';

@Component({ selector: 'cw-root', template: `hello {{ ok }}` })
export class App {
  readonly ok = HostSchema.safeParse({}).success;
}
