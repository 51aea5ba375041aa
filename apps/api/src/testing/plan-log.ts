import { type TestDatabase } from './test-database.ts';
import { type PlanNode } from './plan-joins.ts';

export interface LoggedPlan {
  readonly text: string;
  readonly plan: PlanNode;
}

interface Logged {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** Has every statement of later connections to this database written to the server's log with its plan. Takes a superuser. */
export async function logPlans(database: TestDatabase): Promise<void> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'warning',
  };
  const name = new URL(database.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings)) {
    await database.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
}

/** The plans that were logged. The log lies beside the data of servers that we start. */
export async function readLoggedPlans(database: TestDatabase): Promise<LoggedPlan[]> {
  const [row] = await database.query<{ log: string }>(
    `SELECT pg_read_file(current_setting('data_directory') || '/../server.log') AS log`,
  );
  // An entry is a line, and lines that go on begin with a tab.
  return [...(row?.log ?? '').matchAll(/ plan:\n((?:\t.*\n)+)/g)].flatMap(([, json = '']) => {
    const logged = JSON.parse(json) as Logged;
    return [{ text: logged['Query Text'], plan: logged.Plan }];
  });
}
