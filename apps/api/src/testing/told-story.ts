import { type Page } from '@closewatch/protocol';
import { pushStory, type StoryLine, tellStory } from './lifetime-builder.ts';
import { errorOf, TestApi } from './test-api.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

const LINES = 900;
const HOSTS = 2;

/** A server that was told the lifetimes of some hosts over an hour, and what of it concerns the own namespace of the first. */
export class ToldStory {
  private constructor(
    private readonly database: TestDatabase,
    readonly api: TestApi,
    private readonly cookie: string,
    /** Of the host's connections, /api/v1/hosts/ID/connections. */
    readonly path: string,
    readonly lines: readonly StoryLine[],
  ) {}

  /** `now`: when the hour ends, milliseconds since the epoch; whole seconds. */
  static async tell(now: number): Promise<ToldStory> {
    const database = await createTestDatabase();
    const api = await TestApi.start({ databaseUrl: database.url });
    const story = tellStory(LINES, HOSTS, now);
    const [id] = await pushStory(api, story, HOSTS, now);
    const own = story.filter(({ host, netns }) => host === 0 && netns === 0);
    const path = `/api/v1/hosts/${id}/connections`;
    return new ToldStory(database, api, await api.signIn(), path, own);
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.database.drop();
  }

  /** Those that stand at an instant, by the story. */
  standingAt(at: number): StoryLine[] {
    return this.lines.filter(({ connection: { openedBefore, endedAt } }) => {
      return Date.parse(openedBefore) <= at && (endedAt === undefined || Date.parse(endedAt) > at);
    });
  }

  read<Body>(query: string): Promise<Body> {
    return this.api.read<Body>(this.cookie, this.path + query);
  }

  /** All pages of a list. */
  async pages<Body extends Page<unknown>>(query: string): Promise<Body[]> {
    const all: Body[] = [];
    for (let cursor: string | null = null; all.length === 0 || cursor !== null;) {
      const page: Body = await this.read<Body>(`${query}${cursor === null ? '' : `&cursor=${cursor}`}`);
      all.push(page);
      cursor = page.nextCursor;
    }
    return all;
  }

  /** The error of a request that must fail. */
  async refusal(query: string) {
    return errorOf(await this.api.request('GET', this.path + query, { headers: { cookie: this.cookie } }));
  }
}
