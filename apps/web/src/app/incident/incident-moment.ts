import { Component, DestroyRef, computed, effect, inject, input, linkedSignal, output } from '@angular/core';
import type { Host, IncidentDetails } from '@closewatch/protocol';
import type { TcpState } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Clock } from '../clock/clock.ts';
import { ConnectionList } from '../connections/connection-list.ts';
import type { Sort } from '../connections/connection-rows.ts';
import { Formats } from '../i18n/formats.ts';
import { ErrorState } from '../ui/error-state.ts';
import { StateChart } from '../ui/state-chart.ts';
import { StateGroups } from '../ui/state-groups.ts';
import { connectionsThen } from './connections-then.ts';
import { countsAt, readSeries } from './incident-series.ts';
import type { MomentView } from './incident-view.ts';
import { incidentWindow } from './incident-window.ts';
import { isNarrowSubject, isOfSubject, netnsOfSubject } from './of-subject.ts';
import { PinComparison } from './pin-comparison.ts';
import { neighbour, type StoryEntry } from './story.ts';
import { StoryWords } from './story-words.ts';
import { TimeSlider, type SliderPin, type SliderTick } from './time-slider.ts';

/** A drag is one step to go back to, and asks for lists when it rests. */
const SETTLE_MS = 200;
const CHART_STATES: readonly TcpState[] = ['close_wait', 'last_ack'];
const CHART_PX = 140;

/** The time of an incident: a slider under its chart, and below it what there was **as of the cursor**. */
@Component({
  selector: 'cw-incident-moment',
  imports: [ConnectionList, ErrorState, PinComparison, StateChart, StateGroups, TimeSlider, TranslocoPipe],
  templateUrl: './incident-moment.html',
  styleUrl: './incident-moment.scss',
  host: { '(document:keydown)': 'pressed($event)' },
})
export class IncidentMoment {
  readonly incident = input.required<IncidentDetails>();
  readonly story = input.required<readonly StoryEntry[]>();
  readonly view = input.required<MomentView>();
  readonly sort = input.required<Sort>();
  readonly filter = input.required<string>();
  /** What the agent of the host lacks, for the words about hidden owners. */
  readonly agent = input.required<Pick<Host['agent'], 'missing'>>();
  readonly viewChange = output<Partial<MomentView>>();
  readonly sortChange = output<Sort>();
  readonly filterChange = output<string>();

  private readonly clock = inject(Clock);
  private readonly words = inject(StoryWords);
  protected readonly formats = inject(Formats);
  protected readonly letters = ['A', 'B'] as const;
  protected readonly chartStates = CHART_STATES;
  protected readonly chartHeight = CHART_PX;

  protected readonly hostId = computed(() => this.incident().hostId);
  protected readonly netns = computed(() => netnsOfSubject(this.incident().subject));
  protected readonly window = computed(() => incidentWindow(this.incident(), this.clock.now()), {
    equal: (a, b) => a.fromMs === b.fromMs && a.toMs === b.toMs,
  });
  protected readonly beganMs = computed(() => Date.parse(this.incident().beganAt));
  protected readonly endedMs = computed(() => {
    const { resolvedAt } = this.incident();
    return resolvedAt === null ? null : Date.parse(resolvedAt);
  });

  /** Where the cursor rests: the newest of an incident that goes on, the peak of one that is over, unless the URL says. */
  protected readonly settledMs = computed(() => {
    const { fromMs, toMs } = this.window();
    const usual = this.endedMs() === null ? toMs : Date.parse(this.incident().peak.at);
    return Math.min(toMs, Math.max(fromMs, this.view().atMs ?? usual));
  });
  /** Where it is drawn: ahead of that while it is dragged. */
  protected readonly cursorMs = linkedSignal(() => this.settledMs());
  /** Undefined: the newest, which goes on. */
  protected readonly asOf = computed(() =>
    this.view().atMs === null && this.endedMs() === null ? undefined : this.toIso(this.settledMs()),
  );
  protected readonly againstMs = computed(() => this.view().pinAMs ?? this.view().beforeMs);

  protected readonly series = readSeries(
    computed(() => ({ hostId: this.hostId(), netns: this.netns(), ...this.window() })),
  );
  protected readonly counts = computed(() => countsAt(this.series.data(), this.cursorMs()));

  protected readonly then = connectionsThen(
    computed(() => ({
      hostId: this.hostId(),
      netns: this.netns(),
      atMs: this.settledMs(),
      isNow: this.asOf() === undefined,
      againstMs: this.againstMs(),
    })),
  );
  protected readonly canNarrow = computed(() => isNarrowSubject(this.incident().subject));
  protected readonly rows = computed(() => {
    const { subject } = this.incident();
    return this.view().all ? this.then.rows() : this.then.rows()?.filter((row) => isOfSubject(subject, row));
  });
  /** How many of what is listed are new, and gone. */
  protected readonly changed = computed(() => {
    const marks = (this.rows() ?? []).map(({ socketId }) => this.then.marks().get(socketId));
    return {
      appeared: marks.filter((mark) => mark === 'appeared').length,
      vanished: marks.filter((mark) => mark === 'vanished').length,
    };
  });

  protected readonly ticks = computed(() =>
    this.story().map((entry): SliderTick => {
      const time = this.formats.dateTime(entry.atMs);
      return { id: entry.id, atMs: entry.atMs, of: entry.of, label: `${time} ${this.words.of(entry)}` };
    }),
  );
  protected readonly pins = computed(() => {
    const { pinAMs, pinBMs } = this.view();
    const pins: SliderPin[] = [];
    if (pinAMs !== null) pins.push({ letter: 'A', atMs: pinAMs });
    if (pinBMs !== null) pins.push({ letter: 'B', atMs: pinBMs });
    return pins;
  });

  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
    // Another incident, or Back: what was about to settle is of the past.
    effect(() => {
      this.settledMs();
      clearTimeout(this.timer);
    });
  }

  protected readonly toIso = (ms: number) => new Date(ms).toISOString();

  protected move(atMs: number): void {
    this.cursorMs.set(atMs);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(atMs), SETTLE_MS);
  }

  protected moveTo(instant: string | undefined): void {
    this.settle(instant === undefined ? null : Date.parse(instant));
  }

  protected pin(letter: 'A' | 'B', atMs: number | null): void {
    this.viewChange.emit(letter === 'A' ? { pinAMs: atMs } : { pinBMs: atMs });
  }

  /** [ and ] jump between events, a and b set the pins; never while somebody types. */
  protected pressed(event: KeyboardEvent): void {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]')) return;
    if (key === '[' || key === ']') {
      const next = neighbour(this.story(), this.cursorMs(), key === ']' ? 1 : -1);
      if (next !== undefined) this.settle(next.atMs);
    } else if (key === 'a') this.pin('A', this.cursorMs());
    else if (key === 'b') this.pin('B', this.cursorMs());
    else return;
    event.preventDefault();
  }

  private settle(atMs: number | null): void {
    clearTimeout(this.timer);
    const beforeMs = this.settledMs();
    if (atMs === beforeMs) return;
    this.viewChange.emit({ atMs, beforeMs: atMs === null ? null : beforeMs });
  }
}
