import { type Words } from '../language.ts';

/** What happens to an incident, in its timeline. */
export const EN: Words = {
  'incident.event.opened': 'Opened',
  'incident.event.escalated': 'Became critical',
  'incident.event.eased': 'Eased to a warning',
  'incident.event.stale': 'The host fell silent: nothing is known meanwhile',
  'incident.event.fresh': 'The host is heard again',
  'incident.event.verdict_changed': 'The verdict changed',
  'incident.event.clearing': 'Began to clear',
  'incident.event.resolved': 'Resolved',
  'incident.event.reopened': 'Opened again',
  'incident.event.evidence': 'Evidence was gathered',
  'incident.event.acknowledged': 'Acknowledged',
  'incident.event.unacknowledged': 'Acknowledgement withdrawn',
  'incident.event.owner': 'Owner changed',
  'incident.event.note': 'Note',
  'incident.event.review': 'Verdict reviewed',
  'incident.event.restart': 'The service was restarted',
  'incident.state.open': 'Open',
  'incident.state.resolved': 'Resolved',
  'incident.resolved.recovered': 'Recovered',
  'incident.resolved.restart': 'Resolved by a restart',
  'incident.resolved.by_hand': 'Resolved by hand',
  'incident.resolved.host_gone': 'The host is gone',
};
