import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NamespaceGate } from '../namespaces/namespace-gate.ts';

/**
 * A program for tests: goes into the network namespace of process `PID` by a gate whose way home leads nowhere, and would
 * say `went on` if it lived on in there.
 */
const procRoot = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));
mkdirSync(join(procRoot, 'self/ns'), { recursive: true });
writeFileSync(join(procRoot, 'self/ns/net'), 'no namespace');
const gate = new NamespaceGate(procRoot);
rmSync(procRoot, { recursive: true });
gate.inside(openSync(`/proc/${process.argv[2]}/ns/net`, 'r'), () => process.stdout.write('inside\n'));
process.stdout.write('went on\n');
