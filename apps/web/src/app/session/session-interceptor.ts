import { HttpErrorResponse, HttpResponse, type HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { catchError, tap, throwError } from 'rxjs';
import { Clock } from '../clock/clock.ts';
import { SESSION_URL, SessionStore } from './session-store.ts';

/** Hears the server's clock in each answer, and takes people to the sign-in page when their session has ended. */
export const sessionInterceptor: HttpInterceptorFn = (request, next) => {
  const router = inject(Router);
  const store = inject(SessionStore);
  const clock = inject(Clock);
  return next(request).pipe(
    tap((event) => {
      if (event instanceof HttpResponse) clock.hear(event.headers.get('date'));
    }),
    catchError((cause: unknown) => {
      if (cause instanceof HttpErrorResponse && cause.status === 401 && request.url !== SESSION_URL) {
        store.expire();
        void goToSignIn(router);
      }
      return throwError(() => cause);
    }),
  );
};

/** To the sign-in page and, after it, back to where one is now. */
export async function goToSignIn(router: Router): Promise<boolean> {
  if (router.url.startsWith('/sign-in')) return true;
  return router.navigate(['/sign-in'], { queryParams: { returnTo: router.url } });
}
