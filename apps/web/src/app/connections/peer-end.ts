import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PeerEnd, PeerEndGround, PeerEndState } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';

/** Translation keys of what the other end is in, and of why that is not known. */
const STATES: Readonly<Record<Exclude<PeerEndState, 'unknown'>, string>> = {
  fin_wait_1: 'peerEnd.fin_wait_1',
  fin_wait_2: 'peerEnd.fin_wait_2',
  close_wait: 'peerEnd.close_wait',
  gone: 'peerEnd.gone',
};
const GROUNDS: Readonly<Record<Exclude<PeerEndGround, 'seen' | 'seen_translated' | 'not_there'>, string>> = {
  no_host: 'peerEnd.no_host',
  several_hosts: 'peerEnd.several_hosts',
  not_told: 'peerEnd.not_told',
  too_old: 'peerEnd.too_old',
  too_many: 'peerEnd.too_many',
  translated: 'peerEnd.translated',
};

/** What is known of the other end of a connection, and from which host. */
@Component({
  selector: 'cw-peer-end',
  imports: [RouterLink, TranslocoPipe],
  template: `
    <p data-testid="peer-end" [attr.data-state]="end().state">
      {{ key() | transloco: { host: end().hostname ?? '', address: address() } }}
      @if (end().ground === 'seen_translated') {
        {{ 'peerEnd.seen_translated' | transloco }}
      }
    </p>
    @if (end().hostId; as id) {
      <p class="muted">
        @if (asOf(); as time) {
          {{ 'peerEnd.asOf' | transloco: { time } }} ·
        }
        <a [routerLink]="['/hosts', id]" [queryParams]="end().netns ? { netns: end().netns } : {}">{{
          'peerEnd.toHost' | transloco: { host: end().hostname }
        }}</a>
      </p>
    }
  `,
  styles: `
    .muted {
      font-size: 12px;
    }
  `,
})
export class PeerEndText {
  readonly end = input.required<PeerEnd>();
  /** The peer's address, as our side has it. */
  readonly address = input.required<string>();

  private readonly formats = inject(Formats);
  private readonly clock = inject(Clock);
  protected readonly key = computed(() => {
    const { state, ground } = this.end();
    if (state !== 'unknown') return STATES[state];
    return ground === 'seen' || ground === 'seen_translated' || ground === 'not_there'
      ? GROUNDS.not_told
      : GROUNDS[ground];
  });
  protected readonly asOf = computed(() => {
    const { asOf } = this.end();
    return asOf === null ? null : this.formats.instant(Date.parse(asOf), this.clock.now());
  });
}
