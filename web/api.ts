import type { AuditEvent } from '../src/event/audit-event';

export interface EventList {
  readonly events: readonly AuditEvent[];
  readonly cursor?: string;
  readonly searchedTo?: string;
}

/** An answer that is no answer: what the API says of it, in a reader's words. */
export class ApiFailure extends Error {
  constructor(
    message: string,
    readonly allowed?: string,
  ) {
    super(message);
  }
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string;
    readonly details?: { parameter?: string; value?: unknown; allowed?: string };
  };
}

/** Asks the API; the answer's shape is the API's promise (its OpenAPI document). */
export async function ask<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await send(path, 'application/json', signal);
  return (await response.json()) as Body;
}

/** Asks for another form than JSON, as text with the cursor of the next page. */
export async function askText(
  path: string,
  accept: string,
): Promise<{ text: string; cursor: string | null }> {
  const response = await send(path, accept);
  return { text: await response.text(), cursor: response.headers.get('x-querytrail-cursor') };
}

async function send(path: string, accept: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { headers: { accept }, signal });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiFailure('Querytrail does not answer. Is querytrail serve still running?');
  }
  if (!response.ok) throw await toFailure(response);
  return response;
}

async function toFailure(response: Response): Promise<ApiFailure> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { message = `The API answered with status ${response.status}.`, details } =
    body.error ?? {};
  const where = details?.parameter ? ` (${details.parameter}: ${String(details.value)})` : '';
  return new ApiFailure(message + where, details?.allowed);
}
