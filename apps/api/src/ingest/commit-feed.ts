import { Injectable } from '@nestjs/common';

/** Tells whoever shows hosts live which of them have just changed in the database. */
@Injectable()
export class CommitFeed {
  private readonly listeners = new Set<(agentIds: readonly string[]) => void>();

  /** Returns the function that ends the subscription. Listeners must neither block nor throw. */
  subscribe(listener: (agentIds: readonly string[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  committed(agentIds: readonly string[]): void {
    for (const listener of this.listeners) listener(agentIds);
  }
}
