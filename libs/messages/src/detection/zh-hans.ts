import { type Words } from '../language.ts';

/** Why detections have their level: `reason.<key>` of DETECTION_REASONS in socket-states. */
export const ZH_HANS: Words = {};
