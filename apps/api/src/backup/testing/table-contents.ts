import pg from 'pg';

/** What a backup leaves out, or a restore changes on purpose: as a row without it. */
const WITHOUT: Readonly<Record<string, string>> = { host: `to_jsonb(t) - 'synced_run_id'` };
const LEFT_OUT = ['session', 'migrations'];

/** Values of a type, by the number of a row: what is odd about the type is among them. */
const VALUES: readonly (readonly [RegExp, string])[] = [
  [/^(integer|smallint)$/, '1 + n'],
  [/^bigint$/, '9007199254740993 + n'],
  [/^double precision$/, `(ARRAY[0.1, -0.0, 'NaN', 'Infinity', 1e-300])[1 + n % 5]::float8`],
  [/^boolean$/, 'n % 2 = 0'],
  [/^text$/, `(ARRAY['', 'plain', E'tab\\tline\\nback\\\\slash', '数据库 🦆', E'\\\\.', '\\N'])[1 + n % 6] || n`],
  [/^timestamp with time zone$/, `date_trunc('day', now(), 'UTC') + n * interval '1.000001 s'`],
  [/^uuid$/, `md5(n::text)::uuid`],
  [/^inet$/, `(ARRAY['192.0.2.1', '2001:db8::1', '10.0.0.0/8', '::ffff:192.0.2.1'])[1 + n % 4]::inet`],
  [
    /^jsonb$/,
    `jsonb_build_array(jsonb_build_object('n', n, 'deep', '[1, null, {"a": "\\u0001\\""}]'::jsonb, 'big', 1e400))`,
  ],
  [/^bytea$/, `decode(repeat(md5(n::text), 500), 'hex') || '\\x00ff0a0d5c'::bytea`],
];

/** Fills every table but those that have rows, whatever its columns are; where null may be, it is now and then. */
export async function fillTables(url: string, rows: number): Promise<void> {
  await withClient(url, async (client) => {
    for (const name of await tablesOf(client)) {
      const { rows: columns } = await client.query<{ name: string; type: string; required: boolean }>(
        `SELECT quote_ident(attname) AS name, format_type(atttypid, NULL) AS type, attnotnull AS required
           FROM pg_attribute
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = ''`,
        [name],
      );
      const values = columns.map(({ type, required }, index) =>
        required ? valueOf(type) : `CASE WHEN n % ${index + 2} = 0 THEN NULL ELSE ${valueOf(type)} END`,
      );
      await client.query(
        `INSERT INTO ${name} (${columns.map((column) => column.name).join(', ')})
         SELECT ${values.join(', ')} FROM generate_series(1, $1::integer) n
          WHERE NOT EXISTS (SELECT FROM ${name})
         ON CONFLICT DO NOTHING`,
        [rows],
      );
    }
  });
}

function valueOf(type: string): string {
  const element = type.replace(/\[\]$/, '');
  const value = VALUES.find(([pattern]) => pattern.test(element))?.[1];
  if (value === undefined) throw new Error(`There is no value of type ${type} here yet: add one.`);
  return element === type ? value : `ARRAY[${value}, ${value}]`;
}

/** For each table: how many rows, in how many parts, and a digest of all of them. */
export async function tableContents(
  url: string,
): Promise<Record<string, { rows: number; parts: number; digest: string }>> {
  return withClient(url, async (client) => {
    const contents: Record<string, { rows: number; parts: number; digest: string }> = {};
    for (const name of await tablesOf(client)) {
      const { rows } = await client.query<{ rows: number; parts: number; digest: string }>(
        `SELECT count(*)::integer AS rows, count(DISTINCT tableoid)::integer AS parts,
                md5(coalesce(string_agg(md5(row), '' ORDER BY row), '')) AS digest
           FROM (SELECT tableoid, (${WITHOUT[name] ?? 't'})::text AS row FROM ${name} t) all_rows`,
      );
      if (rows[0] !== undefined) contents[name] = rows[0];
    }
    return contents;
  });
}

async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL($1)
      ORDER BY 1`,
    [LEFT_OUT],
  );
  return rows.map(({ name }) => name);
}

export async function withClient<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
