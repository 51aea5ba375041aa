import { LANGUAGES, phrase } from '@closewatch/messages';
import { headlineParameters, IncidentDetailsSchema, type IncidentDetails, Instant } from '@closewatch/protocol';
import { z } from 'zod';
import { csvLine } from '../../csv/csv-cell.ts';
import { reportMarkdown } from './report-markdown.ts';

export const REPORT_FORMATS = ['markdown', 'json', 'csv'] as const;

/** `GET /api/v1/incidents/:id/report`. */
export const ReportQuery = z.object({
  format: z.enum(REPORT_FORMATS).default('markdown'),
  language: z.enum(LANGUAGES).default('en'),
});
export type ReportQuery = z.infer<typeof ReportQuery>;

/** The report as JSON: all that is known of the incident, and its headline in words. */
export const IncidentReportSchema = z.object({
  writtenAt: Instant,
  language: z.enum(LANGUAGES),
  headline: z.string(),
  incident: IncidentDetailsSchema,
});
export type IncidentReport = z.infer<typeof IncidentReportSchema>;

/** A file: its text and its type. */
export interface ReportFile {
  readonly text: string;
  readonly type: string;
  readonly extension: string;
}

/** Writes the report. `writtenAt`: ISO 8601. */
export function writeReport(
  incident: IncidentDetails,
  { format, language }: ReportQuery,
  writtenAt: string,
): ReportFile {
  switch (format) {
    case 'markdown':
      return {
        text: reportMarkdown(incident, language, writtenAt),
        type: 'text/markdown; charset=utf-8',
        extension: 'md',
      };
    case 'json': {
      const headline = phrase(language, `rule.${incident.rule}.sentence`, headlineParameters(incident));
      const report: IncidentReport = { writtenAt, language, headline, incident };
      return {
        text: `${JSON.stringify(report, null, 2)}\n`,
        type: 'application/json; charset=utf-8',
        extension: 'json',
      };
    }
    case 'csv':
      return { text: timelineCsv(incident), type: 'text/csv; charset=utf-8; header=present', extension: 'csv' };
  }
}

/** The timeline as a table. */
function timelineCsv({ events }: IncidentDetails): string {
  const rows = events.map(({ number, at, kind, by, text, content }) =>
    csvLine([number, at, kind, by, text, JSON.stringify(content)]),
  );
  return csvLine(['number', 'at', 'kind', 'by', 'text', 'content']) + rows.join('');
}
