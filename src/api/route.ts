import * as z from 'zod';
import type { LogFiles } from '../cloudtrail/log-files';
import type { EventStore } from '../store/event-store';
import { chooseMediaType, type MediaType } from './media-type';
import { parseParameters } from './parameters';

/**
 * Lambda answers at most 6 MB.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_ANSWER_BYTES = 4_500_000;

/** What the routes need from outside. */
export interface ApiDependencies {
  readonly store: Pick<
    EventStore,
    'listEvents' | 'getEvents' | 'readTotals' | 'listDays' | 'listSources' | 'listFiles'
  >;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Where the original records are read back. */
  readonly logFiles: LogFiles;
}

export interface Answer {
  readonly contentType: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RouteRequest<Query> {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly mediaType: MediaType;
}

/** One GET route: what the router and the OpenAPI document know of it. */
export interface Route {
  /** With `{name}` for a segment that varies. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  readonly mediaTypes: readonly MediaType[];
  /** Of the JSON body; with an `id` in its metadata. */
  readonly response: z.ZodType;
  /** Name → description. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /** Statuses besides 200 that come of the caller's input. */
  readonly errors: Readonly<Record<number, string>>;
  readonly answer: (request: RawRequest, dependencies: ApiDependencies) => Promise<Answer>;
}

interface RawRequest {
  readonly path: Readonly<Record<string, string>>;
  readonly rawQueryString: string;
  readonly accept: string | undefined;
}

interface RouteDefinition<T extends z.ZodRawShape> extends Omit<Route, 'query' | 'answer'> {
  readonly query: z.ZodObject<T>;
  readonly handle: (
    request: RouteRequest<z.output<z.ZodObject<T>>>,
    dependencies: ApiDependencies,
  ) => Promise<Answer>;
}

/** Puts the checks that every route shares before its handler. */
export function defineRoute<T extends z.ZodRawShape>(definition: RouteDefinition<T>): Route {
  const { handle, ...route } = definition;
  return {
    ...route,
    answer: async ({ path, rawQueryString, accept }, dependencies) => {
      const query = parseParameters(definition.query, rawQueryString);
      const mediaType = chooseMediaType(accept, definition.mediaTypes);
      return handle({ path, query, mediaType }, dependencies);
    },
  };
}

/** Bytes that a body, or a part of one, takes in what Lambda answers: a JSON string, quotes escaped. */
export function answeredBytes(body: string): number {
  return Buffer.byteLength(JSON.stringify(body));
}

/** How many items fit one answer, at least one, when each is written like this. */
export function countFitting<Item>(items: readonly Item[], write: (item: Item) => string): number {
  let bytes = 0;
  const tooMany = items.findIndex((item) => {
    bytes += answeredBytes(write(item));
    return bytes > MAX_ANSWER_BYTES;
  });
  return tooMany === -1 ? items.length : Math.max(1, tooMany);
}

/** What a list's answer says of its continuation. */
export const continuationShape = {
  cursor: z
    .string()
    .optional()
    .meta({ description: 'Pass it on to get the next page; absent at the end' }),
  searchedTo: z.iso.datetime().optional().meta({
    description:
      'The work of one request ended here, before the page was full: go on with the cursor',
  }),
};

export function jsonAnswer(body: unknown): Answer & { readonly body: string } {
  return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
