import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** No such file is that long; the list of a host with thousands of containers is a few of them. */
const LONGEST_FILE = 8 * 1024 * 1024;

/** The name in Docker's /var/lib/docker/containers/ID/config.v2.json: `"Name":"/web"`. */
export function dockerName(json: unknown): string | undefined {
  return textAt(json, 'Name')?.replace(/^\//, '');
}

/**
 * The name in the OCI bundle's config.json of containerd: a Kubernetes pod, whose containers share one network namespace,
 * as `namespace/pod`; or what nerdctl was told.
 */
export function bundleName(json: unknown): string | undefined {
  const annotations = propertyOf(json, 'annotations');
  const pod = textAt(annotations, 'io.kubernetes.cri.sandbox-name');
  const podNamespace = textAt(annotations, 'io.kubernetes.cri.sandbox-namespace');
  if (pod !== undefined) return podNamespace === undefined ? pod : `${podNamespace}/${pod}`;
  return textAt(annotations, 'nerdctl/name');
}

/** The name of a container in the list that Podman and CRI-O keep: `[{"id": ..., "names": ["web"]}]`. */
export function listedName(json: unknown, containerId: string): string | undefined {
  if (!Array.isArray(json)) return undefined;
  const names = propertyOf(
    json.find((container) => propertyOf(container, 'id') === containerId),
    'names',
  );
  const first: unknown = Array.isArray(names) ? names[0] : undefined;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

/**
 * The names of containers as their runtimes keep them on disk, for a daemon's socket would be more power than an agent
 * should hold. `roots`: file systems that may hold them, such as the first process's and the agent's own.
 */
export class ContainerNames {
  readonly #roots: readonly string[];

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Undefined where no runtime's file tells, or none may be read. `containerId`: 64 hexadecimal digits. */
  nameOf(containerId: string): string | undefined {
    for (const root of this.#roots) {
      const name = dockerName(readJson(join(root, 'var/lib/docker/containers', containerId, 'config.v2.json')));
      if (name !== undefined) return name;
      for (const folder of ['run/containerd', 'run/k3s/containerd']) {
        for (const space of ['k8s.io', 'default']) {
          const bundle = join(root, folder, 'io.containerd.runtime.v2.task', space, containerId);
          const told = bundleName(readJson(join(bundle, 'config.json')));
          if (told !== undefined) return told;
        }
      }
      for (const file of ['containers.json', 'volatile-containers.json']) {
        const list = readJson(join(root, 'var/lib/containers/storage/overlay-containers', file));
        const listed = listedName(list, containerId);
        if (listed !== undefined) return listed;
      }
    }
    return undefined;
  }
}

/** Undefined when it is not there, not ours to read, too long or no JSON. */
function readJson(path: string): unknown {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return fstatSync(descriptor).size > LONGEST_FILE ? undefined : JSON.parse(readFileSync(descriptor, 'utf8'));
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function propertyOf(value: unknown, property: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, property) : undefined;
}

function textAt(value: unknown, property: string): string | undefined {
  const text = propertyOf(value, property);
  return typeof text === 'string' && text !== '' ? text : undefined;
}
