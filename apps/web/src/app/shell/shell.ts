import { Component, DestroyRef, computed, inject } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { MatTooltip } from '@angular/material/tooltip';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { LucideDatabase, LucideFlaskConical, LucideLogOut, LucideServer, LucideSiren } from '@lucide/angular';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { Formats } from '../i18n/formats.ts';
import { LiveConnection } from '../live/live-connection.ts';
import { OpenIncidents } from '../live/open-incidents.ts';
import { SessionStore } from '../session/session-store.ts';
import { BrandMark } from '../ui/brand-mark.ts';
import { ConnectionChip } from '../ui/connection-chip.ts';
import { PreferencesMenus } from './preferences-menus.ts';

/** A short interruption is not worth a banner. */
const BANNER_AFTER_MS = 2_000;

/** What stands around every page of a signed-in person; holds the live connection open while it shows. */
@Component({
  selector: 'cw-shell',
  imports: [
    BrandMark,
    ConnectionChip,
    LucideDatabase,
    LucideFlaskConical,
    LucideLogOut,
    LucideServer,
    LucideSiren,
    MatIconButton,
    MatTooltip,
    PreferencesMenus,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    TranslocoPipe,
  ],
  providers: [OpenIncidents],
  templateUrl: './shell.html',
  styleUrl: './shell.scss',
})
export class Shell {
  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);
  private readonly clock = inject(Clock);
  protected readonly formats = inject(Formats);
  protected readonly live = inject(LiveConnection);
  protected readonly incidents = inject(OpenIncidents);

  protected readonly person = computed(() => this.session.session()?.username ?? '');
  protected readonly demonstration = computed(() => this.session.session()?.demonstration === true);
  protected readonly offlineFor = computed(() => {
    this.clock.now();
    const since = this.live.offlineSince();
    return since === null ? 0 : Date.now() - since;
  });
  protected readonly banner = computed(() => this.offlineFor() >= BANNER_AFTER_MS);
  protected readonly offlineTime = computed(() =>
    this.formats.instant(this.live.offlineSince() ?? Date.now(), Date.now()),
  );

  constructor() {
    this.live.connect();
    inject(DestroyRef).onDestroy(() => this.live.disconnect());
  }

  protected async signOut(): Promise<void> {
    // First, or the server's end of the socket would look like a session that ran out.
    this.live.disconnect();
    await this.session.signOut();
    await this.router.navigateByUrl('/sign-in');
  }

  /** A fragment link would go to the base URL's page, so the skip link moves the focus itself. */
  protected skipTo(main: HTMLElement, event: Event): void {
    event.preventDefault();
    main.focus();
  }
}
