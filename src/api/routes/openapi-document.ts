import * as z from 'zod';
import { createOpenApiDocument } from '../openapi';
import { defineRoute, jsonAnswer, type Route } from '../route';

/** The route that describes the others and itself. */
export function openApiRoute(routes: () => readonly Route[]): Route {
  return defineRoute({
    path: '/v1/openapi.json',
    operationId: 'getOpenApiDocument',
    summary: 'This description, OpenAPI 3.1',
    query: z.object({}),
    mediaTypes: ['application/json'],
    response: z.looseObject({ openapi: z.string() }).meta({ id: 'OpenApiDocument' }),
    errors: { 400: 'A wrong parameter' },
    handle: async () => jsonAnswer(createOpenApiDocument(routes())),
  });
}
