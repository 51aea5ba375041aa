import { type Detection, type Figures, type Level, type Rule } from '../detectors/detection.ts';
import { DEFAULT_THRESHOLDS } from '../detectors/thresholds.ts';
import { type Advance, type Circumstances, advance } from '../incidents/advance.ts';
import { type IncidentChange, type OpenIncident, type ResolvedIncident } from '../incidents/open-incident.ts';

const MINUTE = 60_000;
/** When stories begin, milliseconds since the epoch. */
export const BEGIN = 1_000_000 * MINUTE;

/** What is leaked; or other figures, the leading one first. */
export interface Told {
  leaked?: number;
  of?: Figures;
}

/** The incident of a key on simulated time; instants are minutes after BEGIN. */
export class IncidentStory {
  readonly events: IncidentChange[] = [];
  open: OpenIncident | null = null;
  lastResolved: ResolvedIncident | null = null;
  last: Advance | null = null;
  private readonly rule: Rule;

  constructor(rule: Rule = 'leak') {
    this.rule = rule;
  }

  at(minutes: number, level: Level | 'quiet' | null, more: Partial<Circumstances> & Told = {}): this {
    const at = BEGIN + minutes * MINUTE;
    const { leaked = 10, of = { leaked: level === 'quiet' ? 0 : leaked, oldestMs: at }, ...circumstances } = more;
    const [leading = ''] = Object.keys(of);
    const detection: Detection | null =
      level === null
        ? null
        : {
            rule: this.rule,
            key: 'key',
            level: level === 'quiet' ? 'none' : level,
            quiet: level === 'quiet',
            figures: of,
            leading,
            beganAt: level === 'quiet' ? null : BEGIN - MINUTE,
            reasons: [{ key: 'leak.fast', parameters: { leaked } }],
          };
    return this.tell(at, detection, circumstances);
  }

  /** What a rule says at an instant (milliseconds); null: nothing is known. */
  tell(at: number, detection: Detection | null, circumstances: Partial<Circumstances> = {}): this {
    const given = { at, hostSilentSince: null, restartedAt: null, lastResolved: this.lastResolved, ...circumstances };
    // What a database and a restart of the server leave of it is plain JSON.
    const kept = JSON.parse(JSON.stringify(this.open)) as OpenIncident | null;
    this.last = advance(kept, detection, given, DEFAULT_THRESHOLDS.incidents);
    this.events.push(...this.last.events);
    const { incident, outcome, resolvedAs } = this.last;
    this.open = outcome === 'resolved' ? null : incident;
    if (incident !== null && resolvedAs !== null) {
      this.lastResolved = { id: 'before', resolvedAt: at, resolvedAs, incident };
    }
    return this;
  }

  during(from: number, until: number, level: Level | 'quiet' | null, more: Partial<Circumstances> & Told = {}): this {
    for (let minutes = from; minutes <= until; minutes += 0.5) this.at(minutes, level, more);
    return this;
  }

  /** Somebody resolves it, so many minutes after BEGIN. */
  resolvedByHand(minutes: number): this {
    if (this.open === null) throw new Error('Nothing is open that somebody could resolve.');
    const resolvedAt = BEGIN + minutes * MINUTE;
    this.lastResolved = { id: 'before', resolvedAt, resolvedAs: 'by_hand', incident: this.open };
    this.open = null;
    return this;
  }

  get told(): string[] {
    return this.events.map(({ kind, at }) => `${kind} ${(at - BEGIN) / MINUTE}`);
  }
}
