import { type Language } from '@closewatch/messages';
import { type Annotation, type IncidentDetails } from '@closewatch/protocol';
import { type Reason } from '@closewatch/socket-states';
import { eventDetail } from './event-detail.ts';
import { list, plain, quoted, table } from './markdown-text.ts';
import { evidenceBlocks } from './report-evidence.ts';
import { ReportWords } from './report-words.ts';

/** A post-mortem in Markdown that holds no HTML, whatever names and notes say. `writtenAt`: ISO 8601. */
export function reportMarkdown(incident: IncidentDetails, language: Language, writtenAt: string): string {
  const words = new ReportWords(language);
  const blocks = [
    `# ${words.headline(incident)}`,
    ...facts(words, incident, writtenAt),
    `## ${words.of('report.summary')}`,
    ...summary(words, incident),
    `## ${words.of('report.timeline')}`,
    ...timeline(words, incident),
    `## ${words.of('report.changes')}`,
    ...orNone(words, changes(words, incident)),
    `## ${words.of('report.notes')}`,
    ...orNone(words, notes(words, incident)),
    `## ${words.of('report.evidence')}`,
    ...orNone(
      words,
      incident.evidence.flatMap((one) => evidenceBlocks(words, one)),
    ),
    `## ${words.of('report.similar')}`,
    ...orNone(words, similar(words, incident)),
    words.of('report.written', { at: words.instant(writtenAt) }),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const orNone = (words: ReportWords, blocks: string[]): string[] =>
  blocks.length === 0 ? [words.of('report.none')] : blocks;

function facts(words: ReportWords, incident: IncidentDetails, writtenAt: string): string[] {
  const { state, resolvedAt, resolvedAs, staleSince, acknowledged, peak } = incident;
  const length = Date.parse(resolvedAt ?? writtenAt) - Date.parse(incident.beganAt);
  const stateText = words.of(resolvedAs === null ? `incident.state.${state}` : `incident.resolved.${resolvedAs}`);
  const peakText = `${words.figureName(peak.figure)}: ${words.value(peak.figure, peak.value)}`;
  const rows: [name: string, value: string | null][] = [
    ['severity', words.of(`level.${incident.severity}`)],
    ['state', stateText],
    ['rule', words.of(`rule.${incident.rule}`)],
    ['host', plain(incident.hostname)],
    ['service', plain(incident.service)],
    ['began', words.instant(incident.beganAt)],
    ['opened', words.instant(incident.openedAt)],
    ['resolved', resolvedAt === null ? null : words.instant(resolvedAt)],
    ['stale', staleSince === null ? null : words.instant(staleSince)],
    ['duration', words.duration(length)],
    ['peak', `${peakText} (${words.instant(peak.at)})`],
    ['acknowledged', acknowledged === null ? null : byAt(words, acknowledged)],
    ['owner', incident.owner === null ? null : plain(incident.owner)],
    ['recurrence', incident.recurrence === 0 ? null : String(incident.recurrence)],
    ['id', incident.id],
  ];
  return table(
    [words.of('report.fact'), words.of('report.value')],
    rows.flatMap(([name, value]) => (value === null ? [] : [[words.of(`report.${name}`), value]])),
  );
}

const byAt = (words: ReportWords, { at, by }: { readonly at: string; readonly by: string }): string =>
  words.of('report.by', { at: words.instant(at), by });

function summary(words: ReportWords, incident: IncidentDetails): string[] {
  const { finding, figures, reasons } = incident;
  const known = Object.entries(figures).flatMap(([name, value]) =>
    value === null ? [] : [[words.figureName(name), words.value(name, value)]],
  );
  const section = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`### ${words.of(`report.${title}`)}`, ...list(items)];
  const because = (title: string, of: readonly Reason[]) =>
    section(
      title,
      of.map((reason) => words.reason(reason)),
    );
  return [
    ...afterChange(words, incident),
    ...because('reasons', reasons),
    ...(finding === null
      ? [words.of('report.no_cause')]
      : [
          `### ${words.of('report.cause', { verdict: finding.verdict, confidenceShare: finding.confidence })}`,
          words.of(`verdict.${finding.verdict}.meaning`),
          ...because('for', finding.for),
          ...because('against', finding.against),
          ...because('missing', finding.missing),
          ...section('advice', [words.reason(finding.advice)]),
        ]),
    ...reviewed(words, incident),
    ...(known.length === 0
      ? []
      : [
          `### ${words.of('report.figures', { at: words.instant(incident.figuresAt) })}`,
          ...table([words.of('report.fact'), words.of('report.value')], known),
        ]),
  ];
}

function reviewed(words: ReportWords, { review }: IncidentDetails): string[] {
  if (review === null) return [];
  const { at, by, verdict, agrees } = review;
  return [words.of(`report.review.${agrees ? 'agrees' : 'corrects'}`, { at: words.instant(at), by, verdict })];
}

/** The last change before it began that is about its service, or about none. */
function afterChange(words: ReportWords, { changes, beganAt, service }: IncidentDetails): string[] {
  const before = changes.filter((mark) => mark.at <= beganAt && (mark.service === null || mark.service === service));
  const last = before.at(-1);
  if (last === undefined) return [];
  const afterMs = Date.parse(beganAt) - Date.parse(last.at);
  const said = last.service === null || (last.kind !== 'restart' && last.kind !== 'deploy');
  if (said) return last.text === '' ? [] : [words.of('report.after.other', { afterMs, text: last.text })];
  return [words.of(`report.after.${last.kind}`, { afterMs, service: last.service ?? service })];
}

function timeline(words: ReportWords, { events }: IncidentDetails): string[] {
  const names = ['time', 'event', 'who', 'detail'];
  return table(
    names.map((name) => words.of(`report.${name}`)),
    events.map((event) => [
      words.instant(event.at),
      words.of(`incident.event.${event.kind}`),
      event.by === null ? 'Closewatch' : plain(event.by),
      [...eventDetail(words, event), ...(event.text === null ? [] : [words.of('report.see_notes')])].join('; '),
    ]),
  );
}

function notes(words: ReportWords, { events }: IncidentDetails): string[] {
  return events.flatMap(({ at, by, text, kind }) =>
    text === null
      ? []
      : [`**${byAt(words, { at, by: by ?? 'Closewatch' })}** · ${words.of(`incident.event.${kind}`)}`, quoted(text)],
  );
}

function changes(words: ReportWords, incident: IncidentDetails): string[] {
  const subject = ({ service, hostname }: Annotation): string => {
    if (hostname === null) return service === null ? words.of('report.all_hosts') : plain(service);
    return service === null ? plain(hostname) : words.of('report.service_on', { service, host: hostname });
  };
  const names = ['time', 'event', 'service', 'detail', 'who'];
  return table(
    names.map((name) => words.of(`report.${name}`)),
    incident.changes.map((mark) => [
      words.instant(mark.at),
      words.of(`report.change.${mark.kind}`),
      subject(mark),
      plain(mark.link === null ? mark.text : `${mark.text} ${mark.link}`),
      plain(mark.author ?? 'Closewatch'),
    ]),
  );
}

function similar(words: ReportWords, incident: IncidentDetails): string[] {
  const names = ['opened', 'host', 'summary', 'state', 'id'];
  return table(
    names.map((name) => words.of(`report.${name}`)),
    incident.similar.map((one) => [
      words.instant(one.openedAt),
      plain(one.hostname),
      words.headline(one),
      words.of(one.resolvedAs === null ? `incident.state.${one.state}` : `incident.resolved.${one.resolvedAs}`),
      one.id,
    ]),
  );
}
