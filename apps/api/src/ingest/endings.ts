import { type Sql } from '../database/data-source.ts';
import { PackError } from '../packing/column-codec.ts';
import { unpackSnapshots } from '../packing/snapshot-pack.ts';
import {
  type Complete,
  endByRows,
  endUnlisted,
  findCompleteRows,
  findPacksFrom,
  type HostCompleteness,
  type PackOfHour,
  type Unlisted,
} from './endings.queries.ts';

const HOUR_MS = 3_600_000;
/** Packs that are read at once: as a rule the first one has what is looked for. */
const PACKS_AT_ONCE = 12;

/**
 * Moves the connections of these hosts that have ended to connection_ended (docs/adr/0010). What ended in an hour that is
 * packed, of which something came late or the host was silent since, costs two statements more.
 */
export async function endLifetimes(sql: Sql, hosts: readonly HostCompleteness[]): Promise<void> {
  if (hosts.length === 0) return;
  const unlisted = await endByRows(sql, hosts);
  if (unlisted.length === 0) return;
  // Rows before packs: what is packed meanwhile is found twice, and never missed.
  const inRows = await findCompleteRows(sql, unlisted);
  const packs = new Map<string, PackedCompletes>();
  const endings: (Unlisted & { endedAt: number })[] = [];
  const inOrder = unlisted
    .map((one, index) => ({ one, row: inRows[index] }))
    .sort((a, b) => a.one.listedAt.getTime() - b.one.listedAt.getTime());
  for (const { one, row } of inOrder) {
    const key = `${one.hostId} ${one.netns}`;
    let packed = packs.get(key);
    if (packed === undefined) packs.set(key, (packed = new PackedCompletes(sql, one)));
    const pack = await packed.firstAfter(one.listedAt.getTime(), row?.takenAt ?? Infinity);
    const first = pack ?? row;
    if (first !== undefined) endings.push({ ...one, endedAt: first.standsAt });
  }
  await endUnlisted(sql, endings);
}

/** The complete snapshots in the packs of a namespace, read as far as they are asked for. */
class PackedCompletes {
  private completes: Complete[] = [];
  private nextHour: number;

  constructor(
    private readonly sql: Sql,
    private readonly unlisted: Unlisted,
  ) {
    this.nextHour = Math.floor(unlisted.listedAt.getTime() / HOUR_MS) * HOUR_MS;
  }

  /** The first after an instant, if it is before `before`. To be asked in the order of time. */
  async firstAfter(after: number, before: number): Promise<Complete | undefined> {
    this.completes = this.completes.filter(({ takenAt }) => takenAt > after);
    for (;;) {
      const first = this.completes.find(({ takenAt, standsAt }) => takenAt > after && standsAt > after);
      if (first !== undefined) return first.takenAt < before ? first : undefined;
      if (this.nextHour >= before || !(await this.readOn())) return undefined;
    }
  }

  /** False: there are no more packs. */
  private async readOn(): Promise<boolean> {
    const packs = await findPacksFrom(this.sql, this.unlisted, this.nextHour, PACKS_AT_ONCE);
    for (const pack of packs) {
      this.completes.push(...completesOf(pack));
      this.nextHour = pack.hour.getTime() + HOUR_MS;
    }
    return packs.length > 0;
  }
}

function completesOf({ hour, runIds, content }: PackOfHour): Complete[] {
  try {
    const { takenAt, standsAt, complete } = unpackSnapshots(hour.getTime(), runIds, content);
    const completes = Array.from(takenAt, (at, index) => ({ takenAt: at, standsAt: standsAt[index] ?? at }));
    return completes.filter((_, index) => complete[index] === 1);
  } catch (error) {
    // What a damaged pack holds is not known. The agent must not be held up by it.
    if (error instanceof PackError) return [];
    throw error;
  }
}
