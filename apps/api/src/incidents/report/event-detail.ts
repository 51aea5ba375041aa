import { type IncidentEvent } from '@closewatch/protocol';
import { plain } from './markdown-text.ts';
import { type ReportWords } from './report-words.ts';

/** What changed, of an event of the timeline, in words; what is not known here is left out. */
export function eventDetail(words: ReportWords, { kind, content }: Pick<IncidentEvent, 'kind' | 'content'>): string[] {
  const text = (name: string): string | undefined => {
    const value = content[name];
    return typeof value === 'string' ? value : undefined;
  };
  const { severity, resolvedAs, verdict } = {
    severity: text('severity'),
    resolvedAs: text('resolvedAs'),
    verdict: text('verdict'),
  };
  return [
    ...(severity === undefined ? [] : [words.of(`level.${severity}`)]),
    ...(resolvedAs === undefined ? [] : [words.of(`incident.resolved.${resolvedAs}`)]),
    ...(verdict === undefined ? [] : [words.of(`verdict.${verdict}`)]),
    ...(kind === 'owner' ? [plain(text('owner') ?? '') || words.of('report.owner.none')] : []),
  ];
}
