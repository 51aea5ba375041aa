import { TestBed } from '@angular/core/testing';
import { provideTransloco } from '@jsverse/transloco';
import { BundledTranslations, LanguageChoice } from '../app/i18n/language.ts';
import { LANGUAGES, type LanguageId } from '../app/i18n/languages.ts';

/** Sets up the test bed with the real translations, in one language. */
export async function withLanguage(language: LanguageId, providers: unknown[] = []): Promise<void> {
  TestBed.configureTestingModule({
    providers: [
      provideTransloco({
        config: {
          availableLangs: LANGUAGES.map(({ id }) => id),
          defaultLang: 'en',
          reRenderOnLangChange: true,
          prodMode: true,
        },
        loader: BundledTranslations,
      }),
      providers,
    ],
  });
  await TestBed.inject(LanguageChoice).choose(language);
}
