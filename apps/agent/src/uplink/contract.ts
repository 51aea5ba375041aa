import {
  type ErrorAnswer,
  type Issue,
  type PROTOCOL_VERSION as Version,
  type PUSH_LIMITS as PushLimits,
  type PushAnswer,
  type SOURCES as Sources,
} from '@closewatch/protocol';

/**
 * What the agent needs of libs/protocol while it runs. The schemas there would bring zod into the process, 20 MB on
 * every host for two small answers; so the values stand here again, held to the originals by their types, and the
 * answers are read by hand, held to the schemas by tests.
 */
export const PROTOCOL_VERSION: typeof Version = 1;

export const PUSH_LIMITS: typeof PushLimits = {
  bodyBytes: 16 * 1024 * 1024,
  snapshots: 1_000,
  connections: 20_000,
  evidence: 200,
  turnover: 500,
  events: 100,
};

export const SOURCES: typeof Sources = ['netlink', 'procfs'];

const LARGEST_COUNT = 2_147_483_647;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The answer to a push that the server took; undefined when the text is none. */
export function pushAnswerIn(text: string): PushAnswer | undefined {
  const answer = objectIn(text);
  if (answer === undefined) return undefined;
  const { accepted, duplicate, rejected, serverTime, resync } = answer;
  if (!isCount(accepted) || !isCount(duplicate) || !isInstant(serverTime) || typeof resync !== 'boolean') {
    return undefined;
  }
  if (!Array.isArray(rejected) || !rejected.every(isRejection)) return undefined;
  return { accepted, duplicate, rejected, serverTime, resync };
}

/** The body of an error answer; undefined when the text is none. */
export function errorAnswerIn(text: string): ErrorAnswer | undefined {
  const answer = objectIn(text);
  if (answer === undefined) return undefined;
  const { statusCode, error, message, issues, requestId } = answer;
  if (!Number.isSafeInteger(statusCode) || typeof statusCode !== 'number') return undefined;
  if (typeof error !== 'string' || typeof message !== 'string' || typeof requestId !== 'string') return undefined;
  if (!Array.isArray(issues) || !issues.every(isIssue)) return undefined;
  return { statusCode, error, message, issues, requestId };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_COUNT;
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && INSTANT.test(value) && Date.parse(value) >= 0;
}

function isIssue(value: unknown): value is Issue {
  return isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string';
}

function isRejection(value: unknown): value is PushAnswer['rejected'][number] {
  return isObject(value) && isCount(value['index']) && Array.isArray(value['issues']) && value['issues'].every(isIssue);
}
