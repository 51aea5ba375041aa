import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { READ } from '../database/data-source.ts';
import { HostsService } from '../hosts/hosts.service.ts';
import { type Principal } from '../rights/principal.ts';
import { namespaceDetails, type NamespaceDetails } from './host-details.ts';
import { findSections } from './sections.queries.ts';

/** Reads what snapshots told last beside counts and connections. */
@Injectable()
export class HostDetailsService {
  constructor(
    @InjectDataSource(READ) private readonly dataSource: DataSource,
    private readonly hosts: HostsService,
  ) {}

  /** The details of one namespace of a host; of one that never was, nothing. Throws ApiError 404 for the host. */
  async read(principal: Principal, id: string, netns: number): Promise<NamespaceDetails> {
    const { hostId } = await this.hosts.find(principal, id);
    return namespaceDetails(await findSections(this.dataSource.manager, { hostId, netns }));
  }
}
