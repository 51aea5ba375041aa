import { DEFAULT_THRESHOLDS, type Rule, type TcpState, type Thresholds } from '@closewatch/socket-states';
import { type NamePattern } from './name-pattern.ts';
import { type RulesFile } from './rules-schema.ts';
import { changed, type Changes, countChanges } from './threshold-changes.ts';

/** What a service is known by. */
export interface ServiceNames {
  readonly executable: string;
  readonly unit?: string | null;
  readonly containerId?: string | null;
}

/** A bound of somebody's own: so many sockets in a state, for so long. */
export interface StateRule {
  readonly name: string;
  readonly state: TcpState;
  readonly above: number;
  readonly forMs: number;
  readonly severity: 'warning' | 'critical';
  /** Hosts by their names; null: all. */
  readonly hosts: NamePattern | null;
}

/** What something that was found is about, as far as it is about such a thing. */
export interface RuleSubject {
  readonly rule: Rule;
  readonly hostname: string;
  readonly service: ServiceNames | null;
  /** Port of the endpoint, at whichever end it is. */
  readonly port: number | null;
}

/** By how many services what their thresholds are is remembered. */
const REMEMBERED = 10_000;

/** What holds now: what ships, with what a rules file says put in. Immutable; a change makes another one. */
export class RulesInForce {
  readonly thresholds: Thresholds;
  readonly states: readonly StateRule[];
  private readonly services: readonly { readonly match: NamePattern; readonly thresholds: Thresholds }[];
  private readonly remembered = new Map<string, Thresholds>();

  constructor(private readonly file: RulesFile) {
    this.thresholds = changed(DEFAULT_THRESHOLDS, file.thresholds);
    this.states = file.states.map(({ for: forMs, hosts = null, ...rule }) => ({ ...rule, forMs, hosts }));
    this.services = file.services.map((service) => ({
      match: service.match,
      thresholds: this.withChangesOf(service),
    }));
  }

  /** How much the file says. */
  get size(): { thresholds: number; states: number; services: number; ignored: number } {
    const { thresholds, states, services, ignore } = this.file;
    return {
      thresholds: countChanges(thresholds),
      states: states.length,
      services: services.length,
      ignored: ignore.length,
    };
  }

  /** Nothing but what ships. */
  static asShipped(): RulesInForce {
    return new RulesInForce({ thresholds: {}, states: [], services: [], ignore: [] });
  }

  /** What an entry about services makes of the thresholds. */
  withChangesOf({ leak, descriptors }: RulesFile['services'][number]): Thresholds {
    const changes: Changes = {
      ...(leak === undefined || leak === null ? {} : { leak }),
      ...(descriptors === undefined || descriptors === null ? {} : { descriptors }),
    };
    return changed(this.thresholds, changes);
  }

  /** Thresholds for a service: those of the first entry that names it; null: no service is known. */
  thresholdsOf(service: ServiceNames | null): Thresholds {
    if (service === null || this.services.length === 0) return this.thresholds;
    const key = JSON.stringify([service.executable, service.unit, service.containerId]);
    let thresholds = this.remembered.get(key);
    if (thresholds === undefined) {
      thresholds = this.services.find(({ match }) => isNamed(service, match))?.thresholds ?? this.thresholds;
      if (this.remembered.size >= REMEMBERED) this.remembered.clear();
      this.remembered.set(key, thresholds);
    }
    return thresholds;
  }

  /** Whether nobody wants to hear of it. */
  ignores({ rule, hostname, service, port }: RuleSubject): boolean {
    return this.file.ignore.some(
      (one) =>
        (one.rule === undefined || one.rule === rule) &&
        (one.hosts === undefined || one.hosts.matches(hostname)) &&
        (one.service === undefined || (service !== null && isNamed(service, one.service))) &&
        (one.port === undefined || one.port === port),
    );
  }
}

/** By its executable with or without the folder, its unit or its container. */
function isNamed({ executable, unit, containerId }: ServiceNames, pattern: NamePattern): boolean {
  const names = [executable, executable.slice(executable.lastIndexOf('/') + 1), unit, containerId];
  return names.some((name) => typeof name === 'string' && pattern.matches(name));
}
