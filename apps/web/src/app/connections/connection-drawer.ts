import { httpResource } from '@angular/common/http';
import {
  Component,
  computed,
  type ElementRef,
  effect,
  inject,
  input,
  linkedSignal,
  output,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { ConnectionDetailsSchema, type ConnectionDetails } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { TranslocoPipe } from '@jsverse/transloco';
import { Formats } from '../i18n/formats.ts';
import { CopyLine } from '../ui/copy-line.ts';
import { EmptyState } from '../ui/empty-state.ts';
import { ErrorState } from '../ui/error-state.ts';
import { requestFailure } from '../ui/request-failure.ts';
import { FindingPanel } from '../verdicts/finding.ts';
import { ConnectionLife } from './connection-life.ts';
import { PeerEndText } from './peer-end.ts';

/** One connection beside the list: its life, why it does not close, what to do, its other end, and how to look at it. */
@Component({
  selector: 'cw-connection-drawer',
  imports: [ConnectionLife, CopyLine, EmptyState, ErrorState, FindingPanel, PeerEndText, RouterLink, TranslocoPipe],
  templateUrl: './connection-drawer.html',
  styleUrl: './connection-drawer.scss',
  host: { '(keydown.escape)': 'close()' },
})
export class ConnectionDrawer {
  readonly hostId = input.required<string>();
  readonly socketId = input.required<string>();
  /** Changes whenever the connection is told anew: then it is read again. */
  readonly version = input<number>();
  readonly closed = output();

  protected readonly formats = inject(Formats);
  private readonly heading = viewChild.required<ElementRef<HTMLElement>>('heading');
  protected readonly read = httpResource(
    () => {
      this.version();
      return `/api/v1/hosts/${encodeURIComponent(this.hostId())}/connections/${encodeURIComponent(this.socketId())}`;
    },
    { parse: (body) => ConnectionDetailsSchema.parse(body) },
  );
  /** What is known stays while it is read again. */
  protected readonly details = linkedSignal<
    { id: string; read: ConnectionDetails | undefined },
    ConnectionDetails | undefined
  >({
    source: () => ({ id: this.socketId(), read: this.read.hasValue() ? this.read.value() : undefined }),
    computation: ({ id, read }, previous) => read ?? (previous?.source.id === id ? previous.value : undefined),
  });
  protected readonly missing = computed(() => {
    const { status } = requestFailure(this.read.error());
    return status === 404 || status === 400;
  });
  protected readonly ends = computed(() => {
    const connection = this.details()?.connection;
    if (connection === undefined) return undefined;
    return { local: formatEndpoint(connection.local), peer: formatEndpoint(connection.peer) };
  });
  protected readonly formatEndpoint = formatEndpoint;
  /** What had the focus before: it gets it back. */
  private readonly opener = document.activeElement;

  constructor() {
    // Whoever opened it with the keyboard goes on in it.
    effect(() => {
      this.socketId();
      this.heading().nativeElement.focus({ preventScroll: true });
    });
  }

  protected close(): void {
    this.closed.emit();
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus({ preventScroll: true });
  }
}
