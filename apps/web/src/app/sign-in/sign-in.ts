import { HttpErrorResponse } from '@angular/common/http';
import { Component, effect, inject, input, signal, untracked } from '@angular/core';
import { FormField, form } from '@angular/forms/signals';
import { Router } from '@angular/router';
import type { SignIn } from '@closewatch/protocol';
import { TranslocoPipe } from '@jsverse/transloco';
import { safeReturnTo } from '../session/return-to.ts';
import { SessionStore } from '../session/session-store.ts';
import { PageTitle } from '../shell/page-title.ts';
import { PreferencesMenus } from '../shell/preferences-menus.ts';
import { BrandMark } from '../ui/brand-mark.ts';
import { requestFailure } from '../ui/request-failure.ts';

type Trouble = 'code' | 'password' | 'tooMany' | 'noAnswer' | 'other';

/** Signs in with the one-time code of the URL by itself, else by name and password, and goes on to where one wanted to go. */
@Component({
  selector: 'cw-sign-in',
  imports: [BrandMark, FormField, PreferencesMenus, TranslocoPipe],
  templateUrl: './sign-in.html',
  styleUrl: './sign-in.scss',
})
export class SignInPage {
  readonly code = input<string>();
  readonly returnTo = input<string>();

  private readonly session = inject(SessionStore);
  private readonly router = inject(Router);

  protected readonly busy = signal(false);
  protected readonly trouble = signal<Trouble | null>(null);
  protected readonly requestId = signal<string | null>(null);
  private readonly credentials = signal({ username: '', password: '' });
  protected readonly form = form(this.credentials);

  constructor() {
    inject(PageTitle).set(undefined);
    effect(() => {
      const code = this.code();
      if (code !== undefined) untracked(() => void this.useCode(code));
    });
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    const { username, password } = this.credentials();
    if (username === '' || password === '') {
      this.trouble.set('password');
      return;
    }
    await this.attempt({ username, password });
  }

  private async useCode(code: string): Promise<void> {
    await this.attempt({ code });
    if (this.trouble() !== 'code') return;
    // Opening the printed link a second time is common: whoever is signed in already just goes on.
    const session = await this.session.refresh().catch(() => null);
    if (session !== null) await this.goOn();
  }

  private async attempt(signIn: SignIn): Promise<void> {
    this.busy.set(true);
    this.trouble.set(null);
    try {
      await this.session.signIn(signIn);
      await this.goOn();
    } catch (cause) {
      this.explain(cause, 'code' in signIn ? 'code' : 'password');
      // A used code has no business in the address bar or the history.
      if ('code' in signIn)
        await this.router.navigate([], { queryParams: { code: null }, queryParamsHandling: 'merge', replaceUrl: true });
    } finally {
      this.busy.set(false);
    }
  }

  private async goOn(): Promise<void> {
    await this.router.navigateByUrl(safeReturnTo(this.returnTo()), { replaceUrl: true });
  }

  private explain(cause: unknown, refused: 'code' | 'password'): void {
    const { status, requestId } = requestFailure(cause);
    if (!(cause instanceof HttpErrorResponse)) this.trouble.set('other');
    else if (status === 400 || status === 401) this.trouble.set(refused);
    else if (status === 429) this.trouble.set('tooMany');
    else this.trouble.set(status === 0 ? 'noAnswer' : 'other');
    this.requestId.set(requestId);
  }
}
