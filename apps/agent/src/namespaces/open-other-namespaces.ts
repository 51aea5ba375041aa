import { type Source } from '@closewatch/protocol';
import { join } from 'node:path';
import { type HostFacts } from '../host/host-facts.ts';
import { type OwnerFinder } from '../processes/owner-finder.ts';
import { ContainerNames } from './container-names.ts';
import { Doors } from './namespace-door.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { NamespaceNumbers } from './namespace-numbers.ts';
import { OtherNamespaces, type SharedParts } from './other-namespaces.ts';

export interface OtherNamespacesOptions extends SharedParts {
  /** Usually /proc. */
  readonly procRoot: string;
  /** Folder of everything the agent keeps. */
  readonly dataFolder: string;
  readonly facts: Pick<HostFacts, 'bootId' | 'capabilities' | 'missingForOthers'>;
  readonly forced: Source | undefined;
  readonly owners: OwnerFinder;
  /** Between two samples of the own namespace, and so between two turns of the others. */
  readonly intervalMs: number;
}

/** The other network namespaces of this host, in the ways that the agent's capabilities allow. */
export function openOtherNamespaces(options: OtherNamespacesOptions): OtherNamespaces {
  const { procRoot, dataFolder, facts, forced, intervalMs } = options;
  const mayEnter = facts.capabilities.includes('CAP_SYS_ADMIN');
  return new OtherNamespaces({
    ...options,
    bootId: facts.bootId,
    finder: new NamespaceFinder(procRoot),
    doors: new Doors({ procRoot, forced, mayEnter }),
    numbers: new NamespaceNumbers(join(dataFolder, 'agent/namespaces.json'), facts.bootId),
    // The first process's root is the host's, wherever the agent runs.
    containers: new ContainerNames([join(procRoot, '1/root'), '/']),
    tickMs: intervalMs,
    lacking: forced === 'procfs' ? undefined : facts.missingForOthers,
  });
}
