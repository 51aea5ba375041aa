import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import {
  inject,
  isDevMode,
  provideAppInitializer,
  provideBrowserGlobalErrorListeners,
  type ApplicationConfig,
} from '@angular/core';
import { Router, provideRouter, withComponentInputBinding, withInMemoryScrolling } from '@angular/router';
import { provideTransloco } from '@jsverse/transloco';
import { routes } from './app.routes.ts';
import { BundledTranslations, LanguageChoice } from './i18n/language.ts';
import { LANGUAGES } from './i18n/languages.ts';
import { ON_REFUSED } from './live/live-connection.ts';
import { goToSignIn, sessionInterceptor } from './session/session-interceptor.ts';
import { SessionStore } from './session/session-store.ts';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideRouter(routes, withComponentInputBinding(), withInMemoryScrolling({ scrollPositionRestoration: 'enabled' })),
    provideHttpClient(withFetch(), withInterceptors([sessionInterceptor])),
    provideTransloco({
      config: {
        availableLangs: LANGUAGES.map(({ id }) => id),
        defaultLang: 'en',
        reRenderOnLangChange: true,
        prodMode: !isDevMode(),
      },
      loader: BundledTranslations,
    }),
    provideAppInitializer(() => inject(LanguageChoice).start()),
    {
      provide: ON_REFUSED,
      useFactory: () => {
        const store = inject(SessionStore);
        const router = inject(Router);
        return () =>
          void store.refresh().then(
            async (session) => {
              if (session === null) await goToSignIn(router);
            },
            // No answer either: the connection chip says so, and the socket tries again.
            () => undefined,
          );
      },
    },
  ],
};
