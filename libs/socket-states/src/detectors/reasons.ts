/** Why a detection has its level: words of each are in libs/messages/src/detection. */
export const DETECTION_REASONS = [] as readonly string[];
