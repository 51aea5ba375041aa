import { inject } from '@angular/core';
import { Router, type CanActivateFn } from '@angular/router';
import { SessionStore } from './session-store.ts';

/** Lets signed-in people pass and sends everybody else to sign in. A server that does not answer is the page's to say. */
export const signedIn: CanActivateFn = async (_route, state) => {
  const store = inject(SessionStore);
  const router = inject(Router);
  const session = await store.ensure().catch(() => undefined);
  return session === null ? router.createUrlTree(['/sign-in'], { queryParams: { returnTo: state.url } }) : true;
};
