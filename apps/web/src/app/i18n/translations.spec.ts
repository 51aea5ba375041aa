import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TCP_STATES, TCP_STATE_FACTS } from '@closewatch/socket-states';
import en from './en.json';
import zhHans from './zh-Hans.json';

const app = resolve(__dirname, '..');

function leaves(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const here = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(here, value);
    else for (const [inner, text] of leaves(value as object, here)) found.set(inner, text);
  }
  return found;
}

/** Every text in quotes, in templates and code, that begins with one of the namespaces of the translations. */
function keysInSources(): Set<string> {
  const key = new RegExp(`'((?:${Object.keys(en).join('|')})(?:\\.\\w+)*)'`, 'g');
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.spec)\.(ts|html)$/.test(file),
  );
  const texts = files.map((file) => readFileSync(join(app, file), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(key)].map(([, name]) => name ?? '')));
}

const english = leaves(en);
const chinese = leaves(zhHans);
const placeholders = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

describe('the translations', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()]).toEqual([...english.keys()]);
  });

  it('have no empty text', () => {
    const empty = [...english, ...chinese].filter(([, text]) => text.trim() === '');
    expect(empty).toEqual([]);
  });

  it('have the same placeholders in both languages', () => {
    for (const [key, text] of english) {
      expect({ key, placeholders: placeholders(chinese.get(key) ?? '') }).toEqual({
        key,
        placeholders: placeholders(text),
      });
    }
  });

  it('have every key that is used, and none that is not', () => {
    const used = keysInSources();
    const ambiguous = new Set(Object.keys(en).filter((key) => !english.has(key)));
    const missing = [...used].filter((key) => !english.has(key) && !ambiguous.has(key));
    const unused = [...english.keys()].filter((key) => !used.has(key));
    expect({ missing, unused }).toEqual({ missing: [], unused: [] });
  });

  it('give the meaning of each state in the words of the domain', () => {
    for (const state of TCP_STATES) expect(en.meaning[state]).toBe(TCP_STATE_FACTS[state].meaning);
  });

  it('are Chinese where they claim to be', () => {
    const untranslated = ['column.pid', 'column.descriptor', 'column.recvQueue', 'column.sendQueue', 'column.uid'];
    const latin = [...chinese].filter(([, text]) => !/\p{Script=Han}/u.test(text)).map(([key]) => key);
    expect(latin.sort()).toEqual([...untranslated, 'connections.some'].sort());
  });
});
