import { type Namespace } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';
import { type Eldest } from './namespace-name.ts';

/** By what a namespace is known again: an inode alone is given to the next namespace as soon as it is free. */
export interface NamespaceMark {
  readonly inode: number;
  /** Given to no other namespace while the host is up; null where it is not to be had. */
  readonly cookie: string | null;
  /** Without a cookie: a process that has been in it since, or for want of one its name. */
  readonly eldest: Eldest | undefined;
  readonly name: string;
}

/** A namespace that was numbered and is no more; the server is still to be told. */
export interface Departed {
  readonly number: number;
  readonly namespace: Namespace;
}

interface Entry extends Departed {
  readonly cookie: string | null;
  readonly eldest: Eldest | undefined;
}

interface Numbered {
  readonly bootId: string;
  readonly next: number;
  readonly entries: readonly Entry[];
}

/** `netns` of a snapshot is no larger. */
const LARGEST = 2_147_483_647;

/**
 * The numbers that namespaces go by, from 1 on, kept in a file so that a namespace has the same one after a restart of
 * the agent, and a new namespace one that no other ever had. Numbers last as long as namespaces: until a reboot at most.
 */
export class NamespaceNumbers {
  readonly #path: string;
  readonly #bootId: string;
  #next = 1;
  readonly #entries = new Map<number, Entry>();
  /** Those of the run before, until they are found again. */
  readonly #unfound = new Map<number, Entry>();
  #unkept = false;
  #trouble: string | undefined;
  #unwritten: string | undefined;

  /** `path`: the file, which is made when it is needed. Never throws: what is wrong with it is told in {@link missing}. */
  constructor(path: string, bootId: string) {
    this.#path = path;
    this.#bootId = bootId;
    this.#load();
  }

  /** Why numbers may not last, in words a person can act on; undefined when all is well. */
  get missing(): string | undefined {
    return this.#unwritten ?? this.#trouble;
  }

  /** Its number: the one it had, or the next. */
  numberOf(mark: NamespaceMark, namespace: Namespace): number {
    const known = [...this.#unfound.values()].find((entry) => isSame(entry, mark));
    const number = known?.number ?? this.#next++;
    this.#unfound.delete(number);
    this.#note({ number, namespace, cookie: mark.cookie, eldest: mark.eldest });
    return number;
  }

  /** It goes by another name or process from now on. */
  renew(number: number, namespace: Namespace, eldest: Eldest | undefined): void {
    const entry = this.#entries.get(number);
    if (entry !== undefined) this.#note({ ...entry, namespace, eldest });
  }

  /** Those of earlier runs that were not found again. To be asked when all that live are numbered. */
  departed(): Departed[] {
    return [...this.#unfound.values()];
  }

  /** The server is told of its end. */
  forget(number: number): void {
    const had = this.#entries.delete(number) || this.#unfound.delete(number);
    this.#unkept ||= had;
  }

  /**
   * Writes to disk what changed. To be waited for before a new number is used: after a crash it must not be given to
   * another namespace. Never rejects: what fails is tried again the next time.
   */
  async keep(): Promise<void> {
    if (!this.#unkept) return;
    this.#unkept = false;
    const entries = [...this.#entries.values(), ...this.#unfound.values()];
    const text = JSON.stringify({ bootId: this.#bootId, next: this.#next, entries });
    const draft = `${this.#path}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      const file = await open(draft, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, this.#path);
      this.#unwritten = undefined;
    } catch (error) {
      this.#unkept = true;
      this.#unwritten = `numbers of other network namespaces in ${this.#path}: ${messageOf(error)}; they will not outlast this run`;
    }
  }

  #note(entry: Entry): void {
    this.#entries.set(entry.number, entry);
    this.#unkept = true;
  }

  #load(): void {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') this.#beginAnew(messageOf(error));
      return;
    }
    const numbered = numberedIn(text);
    if (numbered === undefined) {
      this.#beginAnew('it is damaged');
      return;
    }
    this.#next = numbered.next;
    for (const entry of numbered.entries) {
      // After a reboot none of them lives, whatever inode or process is there now.
      const same = numbered.bootId === this.#bootId;
      this.#unfound.set(entry.number, same ? entry : { ...entry, cookie: GONE, eldest: undefined });
    }
  }

  /** Which numbers were given is not known: the seconds since 1970 are past all of them. */
  #beginAnew(why: string): void {
    this.#next = Math.floor(Date.now() / 1000) % LARGEST;
    this.#trouble = `numbers of other network namespaces in ${this.#path}: ${why}; they are numbered anew`;
  }
}

/** No namespace has this cookie. */
const GONE = 'gone';

function isSame(entry: Entry, mark: NamespaceMark): boolean {
  if (entry.namespace.inode !== mark.inode) return false;
  if (entry.cookie !== null && mark.cookie !== null) return entry.cookie === mark.cookie;
  if (entry.cookie === GONE) return false;
  const [a, b] = [entry.eldest, mark.eldest];
  if (a === undefined || b === undefined) return a === b && entry.namespace.name === mark.name;
  return a.pid === b.pid && a.startTicks === b.startTicks;
}

function numberedIn(text: string): Numbered | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { bootId, next, entries } = value;
  if (typeof bootId !== 'string' || !isNumber(next) || !Array.isArray(entries)) return undefined;
  const read = entries.map(entryIn);
  return read.every((entry) => entry !== undefined) ? { bootId, next, entries: read } : undefined;
}

function entryIn(value: unknown): Entry | undefined {
  if (!isRecord(value) || !isRecord(value['namespace'])) return undefined;
  const { number, cookie, eldest } = value;
  const { inode, name, containerId } = value['namespace'];
  if (!isNumber(number) || !isNumber(inode) || typeof name !== 'string' || name === '') return undefined;
  if (cookie !== null && typeof cookie !== 'string') return undefined;
  if (containerId !== undefined && typeof containerId !== 'string') return undefined;
  const namespace = containerId === undefined ? { inode, name } : { inode, name, containerId };
  if (!isRecord(eldest)) return { number, namespace, cookie, eldest: undefined };
  const { pid, startTicks } = eldest;
  return isNumber(pid) && isNumber(startTicks) ? { number, namespace, cookie, eldest: { pid, startTicks } } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
