import { type HourPacker } from './hour-packer.ts';
import { PORT_PACKER, PROCESS_PACKER } from './sample-packer.ts';
import { SNAPSHOT_PACKER } from './snapshot-packer.ts';

/** All kinds of samples that are packed. */
export const HOUR_PACKERS: readonly HourPacker[] = [SNAPSHOT_PACKER, PROCESS_PACKER, PORT_PACKER];
