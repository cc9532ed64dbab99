import * as z from 'zod';
import { auditEventSchema } from '../event/audit-event';
import { errorSchema } from './error-answer';
import type { MediaType } from './media-type';
import type { Route } from './route';

type JsonObject = Record<string, unknown>;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Answers of any route, whatever the caller's parameters are. */
const COMMON_ERRORS = {
  406: 'No acceptable representation',
  500: 'A fault of Querytrail; the request id names it in the logs',
  503: 'The store is busy; try again',
};

/** The OpenAPI 3.1 document, generated from the schemas that the routes check with. */
export function createOpenApiDocument(routes: readonly Route[]): JsonObject {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Querytrail',
      version: '1',
      description: 'Who ran which statement on Amazon Athena and Amazon Keyspaces.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ sigv4: [] }],
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: describeRoute(route) }])),
    components: {
      schemas: describeSchemas(routes),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api; or a JWT where so deployed',
        },
      },
    },
  };
}

function describeSchemas(routes: readonly Route[]): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const schema of [auditEventSchema, errorSchema, ...routes.map(({ response }) => response)]) {
    registry.add(schema, { id: schemaId(schema) });
  }
  const { schemas } = z.toJSONSchema(registry, { uri: schemaUri, override: dropDatePattern });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, id: _, ...schema }]) => [id, schema]),
  );
}

function describeRoute(route: Route): JsonObject {
  return {
    operationId: route.operationId,
    summary: route.summary,
    parameters: [...describePath(route), ...describeQuery(route)],
    responses: {
      200: {
        description: route.summary,
        ...(route.responseHeaders && { headers: describeHeaders(route.responseHeaders) }),
        content: Object.fromEntries(
          route.mediaTypes.map((type) => [type, { schema: bodySchema(route, type) }]),
        ),
      },
      ...Object.fromEntries(
        Object.entries({ ...route.errors, ...COMMON_ERRORS }).map(([status, description]) => [
          status,
          { description, content: { 'application/json': { schema: reference(errorSchema) } } },
        ]),
      ),
    },
  };
}

function describePath({ path }: Route): JsonObject[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
}

function describeQuery({ query }: Route): JsonObject[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query);
  return Object.entries(properties).map(([name, property]) => {
    const { description, examples, ...schema } = property as JsonSchema;
    return {
      name,
      in: 'query',
      description,
      required: required.includes(name) && schema.default === undefined,
      ...(schema.type === 'array' && { style: 'form', explode: true }),
      schema: { ...schema, examples },
    };
  });
}

function describeHeaders(headers: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );
}

function bodySchema(route: Route, mediaType: MediaType): JsonObject {
  return mediaType === 'application/json' ? reference(route.response) : { type: 'string' };
}

function reference(schema: z.ZodType): JsonObject {
  return { $ref: schemaUri(schemaId(schema)) };
}

function schemaUri(id: string): string {
  return `#/components/schemas/${id}`;
}

function schemaId(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined) throw new Error('a response schema has no id');
  return id;
}

/** `format` says it; the pattern that zod adds is 300 characters long. */
function dropDatePattern({ jsonSchema }: { jsonSchema: JsonSchema }): void {
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
}
