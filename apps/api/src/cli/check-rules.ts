import { faultLine, readRulesFile } from '../rules/rules-file.ts';

/** What there is to say of a rules file, and whether the server would take it. */
export async function checkRules(
  file: string,
): Promise<{ readonly taken: boolean; readonly lines: readonly string[] }> {
  const read = await readRulesFile(file);
  if ('faults' in read) return { taken: false, lines: read.faults.map((fault) => faultLine(file, fault)) };
  const { thresholds, states, services, ignored } = read.rules.size;
  const counts = [
    counted(thresholds, 'threshold changed', 'thresholds changed'),
    counted(services, 'service', 'services'),
    counted(states, 'bound on a state', 'bounds on states'),
    counted(ignored, 'thing ignored', 'things ignored'),
  ];
  return { taken: true, lines: [`${file}: fine (${counts.join(', ')})`] };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
