import { type RouteExamples } from './route-examples.ts';

const DEPLOY = {
  id: '6d2f8a34-9c1b-4e7d-8f0a-5b6c7d8e9f01',
  at: '2026-11-22T13:56:00.000Z',
  kind: 'deploy',
  hostId: '0b3d7a52-1f4e-4c5b-9d2a-7e6f5a4b3c2d',
  hostname: 'shop-web-01',
  service: 'checkout-service',
  text: 'checkout-service 4.2.0',
  link: 'https://ci.example.com/builds/4711',
  source: 'script',
  author: 'script',
};

const SEEN = {
  ...DEPLOY,
  id: '0f9e8d7c-6b5a-4948-8776-655443322110',
  at: '2026-11-22T13:56:04.000Z',
  kind: 'restart',
  text: '',
  link: null,
  source: 'agent',
  author: null,
};

export const ANNOTATION_EXAMPLES: RouteExamples = {
  'GET /api/v1/annotations': { answer: { items: [SEEN, DEPLOY], nextCursor: null } },
  'POST /api/v1/annotations': {
    body: {
      kind: 'deploy',
      host: 'shop-web-01',
      service: 'checkout-service',
      text: 'checkout-service 4.2.0',
      link: 'https://ci.example.com/builds/4711',
    },
    answer: DEPLOY,
  },
};
