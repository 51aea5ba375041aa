import { Injectable } from '@nestjs/common';
import { type HostPorts, type PortHistory } from '@closewatch/protocol';
import { splitDestinationKey } from '../packing/port-pack.ts';
import { type Principal } from '../rights/principal.ts';
import { SampleHistoryService } from '../samples/sample-history.service.ts';
import { type SampleHistoryQuery } from '../samples/sample-query.ts';
import { isoInstant } from '../time/clock.ts';
import { PORT_SAMPLES } from './port-samples.ts';
import { DestinationSteps, HostPortSteps } from './port-steps.ts';

/** Addresses canonical. */
export interface PortHistoryRequest extends SampleHistoryQuery {
  readonly localAddress?: string | undefined;
  readonly peerAddress?: string | undefined;
  readonly peerPort?: number | undefined;
}

/** Port pressure as it was. */
@Injectable()
export class PortHistoryService {
  constructor(private readonly samples: SampleHistoryService) {}

  /** As of an instant; null where nothing was told at about that time. Kernel facts are not kept. Throws ApiError 404. */
  async at(principal: Principal, id: string, asked: { netns: number; at: string }): Promise<HostPorts> {
    const sample = await this.samples.at(PORT_SAMPLES, principal, id, asked);
    const ports = sample === undefined ? null : { takenAt: isoInstant(sample.takenAt), ...sample.content };
    return { ports, kernel: null };
  }

  /** The most pressed destinations over time, or those that are named. Throws ApiError 400 for a range that is none, 404. */
  async over(principal: Principal, id: string, request: PortHistoryRequest): Promise<PortHistory> {
    const { localAddress, peerAddress, peerPort } = request;
    const asked = [localAddress, peerAddress, peerPort?.toString()];
    const isAsked = (key: string): boolean =>
      splitDestinationKey(key).every((part, index) => asked[index] === undefined || part === asked[index]);
    const { steps, things, whole } = await this.samples.over(
      PORT_SAMPLES,
      principal,
      id,
      { ...request, isAsked },
      { whole: (count) => new HostPortSteps(count), steps: (count) => new DestinationSteps(count) },
    );
    return {
      ...steps,
      items: things.map(({ thing, greatest, steps }) => ({ ...thing, greatest, ...steps.series() })),
      ...whole.series(),
    };
  }
}
