import { Injectable } from '@nestjs/common';
import { type Connection, type OldTuple, PEER_END_STATES, type PeerEnd, type TwoEnds } from '@closewatch/protocol';
import { type Sql } from '../database/data-source.ts';
import { oldTupleOf, peerEndOf } from './peer-end.ts';
import { type AskedTuple, isSelf, tupleKey, type Witness } from './witness.ts';
import {
  findFollowed,
  findMirrors,
  findPlaces,
  type HostNamespace,
  readWitnessHosts,
  readWitnessSections,
} from './witnesses.queries.ts';

/** As many hosts as may have a peer's address: an address of more is a private one that many have. */
const MOST_HOSTS = 50;
/** As many connections as one question is about. */
const MOST_ASKED = 500;

type Asked = Pick<Connection, 'socketId' | 'local' | 'peer' | 'direction' | 'openedBefore'>;

/** Both ends of a connection of a host. */
export interface KnownEnds {
  readonly peerEnd: PeerEnd;
  readonly oldTuple: OldTuple | null;
}

export interface Question extends HostNamespace {
  readonly connections: readonly Asked[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whose closing sockets may be told of; all hosts' unless given. */
  readonly mayTell?: (host: Pick<Witness, 'id' | 'labels'>) => boolean;
}

/** Finds the other ends of CLOSE_WAIT connections on the hosts that have the peers' addresses. */
@Injectable()
export class TwoEndsService {
  /** The other end of each connection, by socketId; of the first {@link MOST_ASKED}. */
  async read(sql: Sql, { connections, ...question }: Question): Promise<Map<string, KnownEnds>> {
    const asked = connections
      .slice(0, MOST_ASKED)
      .map((one) => ({ ...one, openedBefore: Date.parse(one.openedBefore) }));
    if (asked.length === 0) return new Map();
    const witnesses = await this.witnesses(sql, asked, question);
    const peerEnds = asked.map((one) => peerEndOf(one, witnesses, question));
    const gone = peerEnds.some(({ state }) => state === 'gone');
    const followed = gone ? await findFollowed(sql, question, asked, question.now) : new Set<number>();
    return new Map(
      asked.map((one, index) => {
        const peerEnd = peerEnds[index] ?? peerEndOf(one, [], question);
        return [one.socketId, { peerEnd, oldTuple: oldTupleOf(one, peerEnd, witnesses, followed.has(index)) }];
      }),
    );
  }

  /** The same as evidence of an incident. */
  async evidence(sql: Sql, question: Question): Promise<TwoEnds> {
    const ends = await this.read(sql, question);
    const items = question.connections.flatMap(({ socketId, local, peer }) => {
      const known = ends.get(socketId);
      return known === undefined ? [] : [{ socketId, local, peer, peerEnd: known.peerEnd }];
    });
    const count = (state: PeerEnd['state']) => items.filter(({ peerEnd }) => peerEnd.state === state).length;
    return {
      states: Object.fromEntries(PEER_END_STATES.map((state) => [state, count(state)])) as TwoEnds['states'],
      items,
      oldTuples: [...ends.values()].flatMap(({ oldTuple }) => (oldTuple === null ? [] : [oldTuple])),
    };
  }

  private async witnesses(
    sql: Sql,
    asked: readonly AskedTuple[],
    { hostId, netns, mayTell = () => true }: Omit<Question, 'connections'>,
  ): Promise<Witness[]> {
    const elsewhere = asked.filter((one) => !isSelf(one));
    const unique = (addresses: readonly string[]): string[] => [...new Set(addresses)];
    const places =
      elsewhere.length === 0
        ? []
        : await findPlaces(
            sql,
            unique(elsewhere.map(({ peer }) => peer.address)),
            unique(elsewhere.map(({ local }) => local.address)),
          );
    const hostIds = [...new Set([hostId, ...places.map((place) => place.hostId)])].slice(0, MOST_HOSTS);
    const [hosts, sections, mirrors] = [
      await readWitnessHosts(sql, hostIds),
      await readWitnessSections(sql, hostIds),
      await findMirrors(sql, asked),
    ];
    const namespaces = new Map([{ hostId, netns }, ...places, ...sections].map((one) => [nameOf(one), one]));
    return [...namespaces.values()].flatMap((namespace) => {
      const host = hosts.find((one) => one.hostId === namespace.hostId);
      if (host === undefined || !mayTell(host)) return [];
      const isIt = (one: HostNamespace): boolean => nameOf(one) === nameOf(namespace);
      const told = sections.filter(isIt);
      const finWaits = told.find((section) => section.kind === 'finWaits');
      const ports = told.find((section) => section.kind === 'ports');
      const { finWait1, finWait2 } = finWaits?.content ?? NO_FIN_WAITS;
      return [
        {
          ...host,
          netns: namespace.netns,
          self: isIt({ hostId, netns }),
          addresses: new Set(places.filter(isIt).map(({ address }) => address)),
          finWaitsAt: finWaits?.takenAt.getTime() ?? null,
          cut: finWait1.total > finWait1.items.length || finWait2.total > finWait2.items.length,
          finWait1: finWait1.items,
          finWait2: finWait2.items,
          closeWait: new Map(
            mirrors.filter(isIt).map(({ tuple, lastSeenAt }) => [tupleKey(tuple), lastSeenAt.getTime()]),
          ),
          uses: ports?.content.destinations ?? [],
          usesAt: ports?.takenAt.getTime() ?? null,
        },
      ];
    });
  }
}

const NO_FIN_WAITS = { finWait1: { total: 0, items: [] }, finWait2: { total: 0, items: [] } };

function nameOf({ hostId, netns }: HostNamespace): string {
  return `${hostId} ${netns}`;
}
