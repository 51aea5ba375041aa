import { Component, computed, inject, input, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Host, NamespaceItem } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { firstOf, leaked, nameOf, orderNamespaces } from './namespace-choices.ts';

const SHOWN_AT_FIRST = 11;

/** The network namespaces of a host, each with what tells whether to look into it; links, so that a choice can be shared. */
@Component({
  selector: 'cw-namespace-switch',
  imports: [RouterLink, TranslocoPipe],
  template: `
    <nav [attr.aria-label]="'namespaces.title' | transloco">
      <a
        routerLink="."
        queryParamsHandling="merge"
        data-testid="namespace-link"
        data-netns="0"
        [queryParams]="{ netns: null }"
        [attr.aria-current]="chosen() === 0"
      >
        <span class="name">{{ 'namespaces.own' | transloco }}</span>
        <span class="counts">
          <span>{{ formats.number(host().counts.established) }} ESTABLISHED</span>
          <span [class.leak]="host().closeWait.aged + host().closeWait.orphaned > 0"
            >{{ formats.number(host().closeWait.count) }} CLOSE_WAIT</span
          >
        </span>
      </a>
      @for (item of shown(); track item.id) {
        <a
          routerLink="."
          queryParamsHandling="merge"
          data-testid="namespace-link"
          [attr.data-netns]="item.id"
          [queryParams]="{ netns: item.id }"
          [attr.aria-current]="item.id === chosen()"
          [attr.title]="item.containerId"
        >
          <span class="name">{{ name(item) }}</span>
          <span class="counts">
            <span>{{ formats.number(item.counts.established) }} ESTABLISHED</span>
            <span [class.leak]="leaks(item)">{{ formats.number(item.closeWait.count) }} CLOSE_WAIT</span>
          </span>
        </a>
      }
      @if (all().length > shown().length) {
        <button type="button" class="button" (click)="open.set(true)">
          {{ 'namespaces.all' | transloco: { count: formats.number(all().length + 1) } }}
        </button>
      }
    </nav>
  `,
  styleUrl: './namespace-switch.scss',
})
export class NamespaceSwitch {
  readonly host = input.required<Host>();
  readonly namespaces = input.required<readonly NamespaceItem[]>();
  readonly chosen = input.required<number>();

  protected readonly formats = inject(Formats);
  protected readonly open = signal(false);
  protected readonly all = computed(() => orderNamespaces(this.namespaces()));
  protected readonly shown = computed(() =>
    this.open() ? this.all() : firstOf(this.all(), SHOWN_AT_FIRST, this.chosen()),
  );
  protected readonly name = nameOf;
  protected readonly leaks = (item: NamespaceItem): boolean => leaked(item) > 0;
}
