/** So many sockets are enough to tell who holds most; the rest are counted in {@link SocketRoll.omitted}. */
const MOST_SOCKETS = 262_144;

/**
 * All sockets of one look that somebody may hold, side by side without an object for each: what it takes to find their
 * owners. TIME_WAIT is not among them, it has none.
 */
export class SocketRoll {
  #inodes = new Uint32Array(256);
  #uids = new Uint32Array(256);
  #states = new Uint8Array(256);
  #length = 0;
  #omitted = 0;

  get length(): number {
    return this.#length;
  }

  /** Sockets there was no room for. */
  get omitted(): number {
    return this.#omitted;
  }

  /** Its inode; 0: it has no descriptor (not accepted yet, or closed by its process). */
  inode(index: number): number {
    return this.#inodes[index] ?? 0;
  }

  uid(index: number): number {
    return this.#uids[index] ?? 0;
  }

  /** Its state by the kernel's number (include/net/tcp_states.h). */
  state(index: number): number {
    return this.#states[index] ?? 0;
  }

  /** `state`: the kernel's number. */
  add(inode: number, uid: number, state: number): void {
    if (this.#length === MOST_SOCKETS) {
      this.#omitted++;
      return;
    }
    if (this.#length === this.#states.length) this.#grow();
    this.#inodes[this.#length] = inode;
    this.#uids[this.#length] = uid;
    this.#states[this.#length] = state;
    this.#length++;
  }

  clear(): void {
    this.#length = 0;
    this.#omitted = 0;
  }

  #grow(): void {
    const size = this.#states.length * 2;
    const inodes = new Uint32Array(size);
    const uids = new Uint32Array(size);
    const states = new Uint8Array(size);
    inodes.set(this.#inodes);
    uids.set(this.#uids);
    states.set(this.#states);
    this.#inodes = inodes;
    this.#uids = uids;
    this.#states = states;
  }
}
