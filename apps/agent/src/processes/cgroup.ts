/** Where a process runs, as its control group tells. */
export interface Placement {
  readonly unit?: string;
  readonly containerId?: string;
}

const CONTAINER_ID = /[0-9a-f]{64}/g;
const UNIT = /^(?!user@\d).+\.(?:service|scope)$/;

/**
 * Reads /proc/PID/cgroup (cgroups(7)), of version 2 (`0::/system.slice/nginx.service`) or 1 (a line for each
 * controller). A container's own scope (docker-ID.scope) is no unit that anybody administers, and is not one here.
 */
export function placementIn(cgroup: string): Placement {
  const paths = cgroup
    .split('\n')
    .map((line) => /^\d+:[^:]*:(\/.*)$/.exec(line)?.[1])
    .filter((path) => path !== undefined);
  // The innermost container is the one people mean.
  const containerId = paths.flatMap((path) => path.match(CONTAINER_ID)?.at(-1) ?? []).at(0);
  const unit = paths
    .flatMap((path) => path.split('/').filter((part) => UNIT.test(part) && part.search(CONTAINER_ID) === -1))
    .at(-1);
  return {
    ...(unit === undefined ? {} : { unit: unit.slice(0, 256).toWellFormed() }),
    ...(containerId === undefined ? {} : { containerId }),
  };
}
