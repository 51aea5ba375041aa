import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument, visit, type Document } from 'yaml';
import { type z } from 'zod';
import { RulesInForce } from './rules-in-force.ts';
import { RulesFileSchema } from './rules-schema.ts';
import { thresholdConflicts } from './threshold-conflicts.ts';

/** One thing that is wrong in a rules file; lines and columns from 1, 0 where it is about the whole file. */
export interface RulesFault {
  readonly line: number;
  readonly column: number;
  /** `thresholds.host_silent.silent`; empty where it is about no value. */
  readonly path: string;
  readonly message: string;
}

export type ReadRules = { readonly rules: RulesInForce } | { readonly faults: readonly RulesFault[] };

/** So many faults are told; the others show when these are mended. */
const MOST_FAULTS = 20;

type Path = readonly PropertyKey[];
interface Fault {
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/**
 * Reads the text of a rules file, YAML 1.2. A fault anywhere refuses all of it.
 *
 * @example
 * readRules('thresholds: { host_silent: { silent: -5m } }');
 * // { faults: [{ line: 1, column: 38, path: 'thresholds.host_silent.silent', message: 'must be a duration above zero …' }] }
 */
export function readRules(text: string): ReadRules {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const rules = rulesOf(document);
  if (rules instanceof RulesInForce) return { rules };
  const faults = rules.toSorted((a, b) => a.offset - b.offset).slice(0, MOST_FAULTS);
  return {
    faults: faults.map(({ offset, path, message }) => {
      const { line, col: column } = lines.linePos(offset);
      return { line, column, path: path.map(String).join('.'), message };
    }),
  };
}

function rulesOf(document: Document.Parsed): RulesInForce | Fault[] {
  const broken = [...document.errors, ...document.warnings].map(({ pos, message }) => fault(pos[0], message));
  if (broken.length > 0) return broken;
  const aliases = aliasFaults(document);
  if (aliases.length > 0) return aliases;
  const parsed = RulesFileSchema.safeParse(document.toJS() ?? {});
  if (!parsed.success) return parsed.error.issues.flatMap((issue) => issueFaults(document, issue));
  const rules = new RulesInForce(parsed.data);
  const faults = [...conflictFaults(document, rules, parsed.data), ...repeatedNames(document, parsed.data.states)];
  return faults.length > 0 ? faults : rules;
}

function fault(offset: number, message: string, path: Path = []): Fault {
  return { offset, path, message };
}

/** An alias may stand for another, and that for a third, until a small file is as large as the memory. */
function aliasFaults(document: Document.Parsed): Fault[] {
  const found: Fault[] = [];
  visit(document, (_, node) => {
    if (isAlias(node)) found.push(fault(node.range?.[0] ?? 0, 'aliases (*name) are not taken: write the value out'));
  });
  return found;
}

/** Of a key that is not known, the place of the key; of a value, its own. */
function issueFaults(document: Document.Parsed, issue: z.core.$ZodIssue): Fault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [fault(offsetOf(document, issue.path), issue.message, issue.path)];
  }
  const parent = issue.path.length === 0 ? document.contents : document.getIn(issue.path, true);
  return issue.keys.map((name) => {
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;
    const offset = (pair?.key as Node | undefined)?.range?.[0] ?? offsetOf(document, issue.path);
    return fault(offset, 'is not known', [...issue.path, name]);
  });
}

/** Thresholds of the file, and those of each service, that cannot be together. */
function conflictFaults(
  document: Document.Parsed,
  rules: RulesInForce,
  { services }: z.infer<typeof RulesFileSchema>,
): Fault[] {
  const general = thresholdConflicts(rules.thresholds).map(({ path, message }) => ({
    path: ['thresholds', ...path],
    message,
  }));
  const ofServices = services.flatMap((service, index) => {
    if (general.length > 0) return [];
    return thresholdConflicts(rules.withChangesOf(service)).map(({ path, message }) => ({
      path: ['services', index, ...path],
      message,
    }));
  });
  return [...general, ...ofServices].map(({ path, message }) => fault(offsetOf(document, path), message, path));
}

function repeatedNames(document: Document.Parsed, states: readonly { readonly name: string }[]): Fault[] {
  return states.flatMap(({ name }, index) => {
    if (states.findIndex((state) => state.name === name) === index) return [];
    const path = ['states', index, 'name'];
    return [fault(offsetOf(document, path), 'is the name of another state rule: their incidents would be one', path)];
  });
}

/** Where a value stands; of one that is left out, what it would stand in. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
