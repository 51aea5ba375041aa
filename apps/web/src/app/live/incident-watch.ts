import { DestroyRef, effect, inject, signal, untracked, type Signal } from '@angular/core';
import type { IncidentDetails, IncidentNews, IncidentPicture, LiveAnswer } from '@closewatch/protocol';
import { LiveConnection } from './live-connection.ts';
import { ANSWER_TIMEOUT_MS } from './watched.ts';

/** News come in groups (a change, its event, its evidence): one picture for all of them. */
const PICTURE_AFTER_MS = 300;

export interface IncidentWatch {
  /** The incident with all that belongs to it; null until the first picture. */
  readonly incident: Signal<IncidentDetails | null>;
  /** A picture that came by another way: the answer to an action. */
  take(incident: IncidentDetails): void;
}

/** Watches the incident that `id` names, and others when it changes, as long as the injection context lives. */
export function watchIncident(id: Signal<string>): IncidentWatch {
  const { transport } = inject(LiveConnection);
  const incident = signal<IncidentDetails | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (picture: IncidentDetails) => {
    const known = untracked(incident);
    // An answer may be overtaken by the next one.
    if (picture.id === untracked(id) && !(known?.id === picture.id && known.version > picture.version)) {
      incident.set(picture);
    }
  };
  const picture = (): Promise<LiveAnswer<IncidentPicture>> =>
    transport.timeout(ANSWER_TIMEOUT_MS).emitWithAck('incident:watch', { id: untracked(id) });
  const ask = () => {
    clearTimeout(timer);
    if (!transport.connected) return;
    picture().then(
      (answer) => {
        if (answer.ok) take(answer.picture.incident);
      },
      // No answer in time: the next news, or the next connection, asks again.
      () => undefined,
    );
  };
  const hear = ({ incident: news }: IncidentNews) => {
    if (news.id !== untracked(id)) return;
    incident.update((known) =>
      known !== null && known.id === news.id && known.version <= news.version ? { ...known, ...news } : known,
    );
    clearTimeout(timer);
    timer = setTimeout(ask, PICTURE_AFTER_MS);
  };
  transport.on('connect', ask);
  transport.on('incident:changed', hear);
  effect((onCleanup) => {
    const watched = { id: id() };
    untracked(() => {
      if (incident()?.id !== watched.id) incident.set(null);
      ask();
    });
    onCleanup(() => {
      if (transport.connected) transport.emit('incident:unwatch', watched, () => undefined);
    });
  });
  inject(DestroyRef).onDestroy(() => {
    clearTimeout(timer);
    transport.off('connect', ask);
    transport.off('incident:changed', hear);
  });
  return { incident: incident.asReadonly(), take };
}
