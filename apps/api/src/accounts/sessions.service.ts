import { Inject, Injectable } from '@nestjs/common';
import { type SignIn, type Session } from '@closewatch/protocol';
import { DataSource, In, LessThan, MoreThan } from 'typeorm';
import { type Configuration } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { ApiError } from '../errors/api-error.ts';
import { type Principal } from '../rights/principal.ts';
import { Clock, isoInstant } from '../time/clock.ts';
import { newSecret, sameSecret, sha256 } from './credentials.ts';
import { GuessBrake } from './guess-brake.ts';
import { OneTimeCode } from './one-time-code.ts';
import { SessionRecord } from './session-record.entity.ts';

export type Person = Extract<Principal, { kind: 'person' }>;

const SESSION_MS = 7 * 86_400_000;
/** A revoked session works no longer than this. */
const CACHE_MS = 2_000;
const CACHE_ENTRIES = 10_000;

/** Browsers that somebody signed in with. */
@Injectable()
export class SessionsService {
  private readonly cache = new Map<string, { person: Person | undefined; until: number }>();
  private readonly endListeners = new Set<(session: string) => void>();
  private readonly brake: GuessBrake;

  constructor(
    private readonly dataSource: DataSource,
    private readonly code: OneTimeCode,
    private readonly clock: Clock,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {
    this.brake = new GuessBrake(() => this.clock.now());
  }

  /** Signs in; `token` is for the cookie. Throws {@link ApiError} 401, and 429 after too many failures. */
  async signIn(credentials: SignIn): Promise<{ token: string; session: Session }> {
    if ('code' in credentials) await this.checkCode(credentials.code);
    else await this.checkPassword(credentials.username, credentials.password);
    const token = newSecret();
    const expiresAt = new Date(this.clock.now() + SESSION_MS);
    const username = this.configuration.adminUser;
    const sessions = this.dataSource.getRepository(SessionRecord);
    await sessions.delete({ expiresAt: LessThan(new Date(this.clock.now())) });
    await sessions.insert({ tokenSha256: sha256(token), username, role: 'admin', expiresAt });
    const { demonstration } = this.configuration;
    return { token, session: { username, role: 'admin', expiresAt: isoInstant(expiresAt), demonstration } };
  }

  /** Ends the session for good, here at once. */
  async end(session: string): Promise<void> {
    await this.dataSource.getRepository(SessionRecord).delete({ tokenSha256: Buffer.from(session, 'hex') });
    this.cache.clear();
    for (const listener of this.endListeners) listener(session);
  }

  /** Tells which session (by its hash) was ended here. Returns how to unsubscribe. */
  onEnd(listener: (session: string) => void): () => void {
    this.endListeners.add(listener);
    return () => this.endListeners.delete(listener);
  }

  /** Who holds this cookie; undefined when it opens no session (any more). */
  async findPerson(token: string): Promise<Person | undefined> {
    const tokenSha256 = sha256(token);
    const session = tokenSha256.toString('hex');
    const now = this.clock.now();
    const cached = this.cache.get(session);
    if (cached !== undefined && cached.until > now) return stillValid(cached.person, now);
    const record = await this.dataSource.getRepository(SessionRecord).findOneBy({ tokenSha256 });
    const person: Person | undefined =
      record === null
        ? undefined
        : {
            kind: 'person',
            username: record.username,
            role: record.role,
            expiresAt: record.expiresAt.getTime(),
            session,
          };
    if (this.cache.size >= CACHE_ENTRIES) this.cache.clear();
    this.cache.set(session, { person, until: now + CACHE_MS });
    return stillValid(person, now);
  }

  /** Those of these sessions (by their hashes) that are still valid, straight from the database. */
  async stillOpen(sessions: readonly string[]): Promise<Set<string>> {
    if (sessions.length === 0) return new Set();
    const records = await this.dataSource.getRepository(SessionRecord).find({
      select: { tokenSha256: true },
      where: {
        tokenSha256: In(sessions.map((session) => Buffer.from(session, 'hex'))),
        expiresAt: MoreThan(new Date(this.clock.now())),
      },
    });
    return new Set(records.map(({ tokenSha256 }) => tokenSha256.toString('hex')));
  }

  private async checkCode(candidate: string): Promise<void> {
    // 192 random bits need no lock-out, only the wait.
    if (this.code.use(candidate)) return;
    await this.brake.failed();
    throw ApiError.unauthorized('The sign-in code is wrong or was used already. The server prints a fresh one.');
  }

  private async checkPassword(username: string, password: string): Promise<void> {
    const retryAfterSeconds = this.brake.retryAfterSeconds;
    if (retryAfterSeconds > 0) {
      const message = `Too many failed attempts. Try again in ${retryAfterSeconds} s.`;
      throw new ApiError(429, 'Too Many Requests', message, [], { retryAfterSeconds });
    }
    const { adminUser, adminPassword } = this.configuration;
    const rightUser = sameSecret(username, adminUser);
    const rightPassword = adminPassword !== undefined && sameSecret(password, adminPassword);
    if (rightUser && rightPassword) return;
    await this.brake.failed();
    throw ApiError.unauthorized('The user name or the password is wrong.');
  }
}

function stillValid(person: Person | undefined, now: number): Person | undefined {
  return person !== undefined && person.expiresAt > now ? person : undefined;
}
