/** Of a route (`GET /api/v1/hosts`): what is sent and what is answered, small and as it really looks. */
export type RouteExamples = Readonly<Record<string, { readonly body?: unknown; readonly answer?: unknown }>>;
