import { Component, computed, inject, input } from '@angular/core';
import { TranslocoPipe } from '@jsverse/transloco';
import { LanguageChoice } from '../i18n/language.ts';

const FORMATS = [
  { format: 'markdown', name: 'Markdown' },
  { format: 'json', name: 'JSON' },
  { format: 'csv', name: 'CSV' },
] as const;

/** The post-mortem of an incident, to take along, in the language that is read. */
@Component({
  selector: 'cw-report-links',
  imports: [TranslocoPipe],
  template: `
    <h2>{{ 'incidentPage.report' | transloco }}</h2>
    @for (link of links(); track link.name) {
      <a class="button" download data-testid="report-link" [href]="link.href">{{ link.name }}</a>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    h2 {
      margin-inline-end: 8px;
    }
  `,
})
export class ReportLinks {
  readonly incidentId = input.required<string>();
  private readonly language = inject(LanguageChoice);
  protected readonly links = computed(() =>
    FORMATS.map(({ format, name }) => {
      const parameters = new URLSearchParams({ format, language: this.language.current() });
      return { name, href: `/api/v1/incidents/${this.incidentId()}/report?${parameters}` };
    }),
  );
}
