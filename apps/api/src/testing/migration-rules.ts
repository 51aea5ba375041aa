/** What a migration may not do to a large table that agents are pushing to (docs/upgrades.md). */
interface Rule {
  readonly pattern: RegExp;
  /** Part of the statement that makes it harmless. */
  readonly unless?: RegExp;
  /** A contract step may: no supported release uses it any more. */
  readonly inContract: boolean;
  readonly instead: string;
}

const RULES: readonly Rule[] = [
  {
    pattern: /^ALTER TABLE .*\bDROP COLUMN\b/,
    inContract: true,
    instead: 'drop it in a contract step, a release later',
  },
  { pattern: /^(DROP TABLE|TRUNCATE)\b/, inContract: true, instead: 'drop it in a contract step, a release later' },
  {
    pattern: /^ALTER TABLE .*\bRENAME\b/,
    inContract: false,
    instead: 'add the new one, fill it, and drop the old one later',
  },
  {
    pattern: /^ALTER TABLE .*\bALTER (COLUMN )?\w+ (SET DATA )?TYPE\b/,
    inContract: false,
    instead: 'add a column of the new type and fill it: this rewrites the table',
  },
  {
    pattern: /^ALTER TABLE .*\bADD (COLUMN )?(IF NOT EXISTS )?\w+ [^,]*\bNOT NULL\b/,
    unless: /\bDEFAULT\b/,
    inContract: false,
    instead: 'give it a constant default, or no NOT NULL: the release before writes rows without it',
  },
  {
    pattern:
      /^ALTER TABLE .*\bADD (COLUMN )?\w+.*\bDEFAULT [^,]*\b(now|clock_timestamp|random|gen_random_uuid|nextval|uuidv7)\s*\(/,
    inContract: false,
    instead: 'give it a constant default: one that is computed anew rewrites the table',
  },
  {
    pattern: /^ALTER TABLE .*\bSET NOT NULL\b/,
    inContract: true,
    instead: 'check it by a constraint that is NOT VALID, validate that, and set it in a contract step',
  },
  {
    pattern: /^ALTER TABLE .*\bADD (CONSTRAINT \w+ )?(CHECK|FOREIGN KEY)\b/,
    unless: /\bNOT VALID\b/,
    inContract: false,
    instead: 'add it NOT VALID and validate it in another migration',
  },
  {
    pattern: /^ALTER TABLE .*\bADD (CONSTRAINT \w+ )?(PRIMARY KEY|UNIQUE|EXCLUDE)\b/,
    unless: /\bUSING INDEX\b/,
    inContract: false,
    instead: 'make the unique index concurrently and add the constraint USING INDEX',
  },
  {
    pattern: /^CREATE (UNIQUE )?INDEX\b/,
    unless: /\bCONCURRENTLY\b|\bON ONLY\b/,
    inContract: false,
    instead: 'use indexConcurrently(), with transaction = false',
  },
  { pattern: /^(DROP INDEX|REINDEX)\b/, unless: /\bCONCURRENTLY\b/, inContract: true, instead: 'do it CONCURRENTLY' },
  {
    pattern: /^(UPDATE|DELETE FROM|INSERT INTO|MERGE INTO)\b/,
    inContract: false,
    instead: 'do it in batches, as a backfill',
  },
  { pattern: /^(VACUUM|CLUSTER|LOCK)\b/, inContract: false, instead: 'leave it to a person: it holds up every push' },
];

/** The faults of a migration's statements; `large` are the tables that are there before it and are written to all the time. */
export function faultsOf(
  statements: readonly string[],
  { step, large }: { readonly step: 'expand' | 'contract'; readonly large: ReadonlySet<string> },
): string[] {
  const made = new Set<string>();
  return statements.flatMap((statement) => {
    const text = statement.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim();
    const [, created] = /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(text) ?? [];
    if (created !== undefined) made.add(created);
    const named = [...text.matchAll(/\w+/g)].map(([word]) => word);
    // Of indexes the statement that drops one does not name the table.
    const touches = /^(DROP|REINDEX)/i.test(text) || named.some((word) => large.has(word) && !made.has(word));
    if (!touches) return [];
    return RULES.filter(
      ({ pattern, unless, inContract }) =>
        matches(pattern, text) &&
        !(unless !== undefined && matches(unless, text)) &&
        !(inContract && step === 'contract'),
    ).map(({ instead }) => `${text.slice(0, 100)}: ${instead}`);
  });
}

function matches(pattern: RegExp, text: string): boolean {
  return new RegExp(pattern.source, 'i').test(text);
}
