import { Injectable } from '@nestjs/common';

/** Tells whoever shows incidents live which of them this server has just changed in the database, new ones included. */
@Injectable()
export class IncidentsFeed {
  private readonly listeners = new Set<(incidentIds: readonly string[]) => void>();

  /** Returns the function that ends the subscription. Listeners must neither block nor throw. */
  subscribe(listener: (incidentIds: readonly string[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** To be called after the commit. */
  changed(incidentIds: readonly string[]): void {
    if (incidentIds.length === 0) return;
    for (const listener of this.listeners) listener(incidentIds);
  }
}
