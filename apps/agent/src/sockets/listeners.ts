import { type Endpoint } from '@closewatch/socket-states';

const WILDCARDS = new Set(['0.0.0.0', '::']);

/** The local endpoints somebody listens on, from which the direction of a connection follows. */
export class Listeners {
  readonly #addressesByPort = new Map<number, Set<string>>();

  add({ address, port }: Endpoint): void {
    const addresses = this.#addressesByPort.get(port);
    if (addresses === undefined) this.#addressesByPort.set(port, new Set([address]));
    else addresses.add(address);
  }

  get ports(): readonly number[] {
    return [...this.#addressesByPort.keys()];
  }

  /** Inbound when its local end is listened on, at that very address or at a wildcard; else we dialled. */
  directionOf(local: Endpoint): 'inbound' | 'outbound' {
    const addresses = this.#addressesByPort.get(local.port);
    if (addresses === undefined) return 'outbound';
    return addresses.has(local.address) || [...WILDCARDS].some((wildcard) => addresses.has(wildcard))
      ? 'inbound'
      : 'outbound';
  }
}
