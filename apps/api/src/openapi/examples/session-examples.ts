import { type RouteExamples } from './route-examples.ts';

export const SESSION_EXAMPLES: RouteExamples = {
  'GET /api/v1/session': {
    answer: { username: 'admin', role: 'admin', expiresAt: '2026-11-29T14:59:49.205Z', demonstration: false },
  },
  'POST /api/v1/session': {
    answer: { username: 'admin', role: 'admin', expiresAt: '2026-11-29T14:59:49.205Z', demonstration: false },
    body: { username: 'admin', password: 'correct horse battery' },
  },
};
