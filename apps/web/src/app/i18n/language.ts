import { DOCUMENT, Injectable, inject, signal } from '@angular/core';
import { TranslocoService, type Translation, type TranslocoLoader } from '@jsverse/transloco';
import { firstValueFrom } from 'rxjs';
import { isLanguageId, preferredLanguage, type LanguageId } from './languages.ts';

const STORAGE_KEY = 'closewatch.language';

/** Each language is a chunk of its own, fetched when it is first shown. */
@Injectable({ providedIn: 'root' })
export class BundledTranslations implements TranslocoLoader {
  async getTranslation(language: string): Promise<Translation> {
    const module = language === 'zh-Hans' ? await import('./zh-Hans.json') : await import('./en.json');
    return module.default;
  }
}

/** The language people read: from their last choice, else from the browser. */
@Injectable({ providedIn: 'root' })
export class LanguageChoice {
  private readonly transloco = inject(TranslocoService);
  private readonly document = inject(DOCUMENT);
  private readonly chosen = signal<LanguageId>('en');

  readonly current = this.chosen.asReadonly();

  /** Loads the words before the first paint, so that no key is ever shown instead of a text. */
  async start(): Promise<void> {
    const remembered = this.document.defaultView?.localStorage.getItem(STORAGE_KEY);
    const preferences = this.document.defaultView?.navigator.languages ?? [];
    await this.show(isLanguageId(remembered) ? remembered : preferredLanguage(preferences));
  }

  /** Switches the page and remembers it. */
  async choose(language: LanguageId): Promise<void> {
    this.document.defaultView?.localStorage.setItem(STORAGE_KEY, language);
    await this.show(language);
  }

  private async show(language: LanguageId): Promise<void> {
    await firstValueFrom(this.transloco.load(language));
    this.transloco.setActiveLang(language);
    this.chosen.set(language);
    this.document.documentElement.lang = language;
  }
}
