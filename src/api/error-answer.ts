import * as z from 'zod';
import { RequestError, UpstreamError } from '../errors';

export const errorSchema = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable, for programs' }),
      message: z.string().meta({ description: 'For people' }),
      details: z
        .object({
          parameter: z.string().optional(),
          value: z.unknown().optional(),
          allowed: z.string().optional(),
        })
        .optional(),
      requestId: z.string().optional().meta({ description: 'Names the request in the logs' }),
    }),
  })
  .meta({ id: 'Error' });

export interface ErrorAnswer {
  readonly statusCode: number;
  readonly body: z.infer<typeof errorSchema>;
}

/** A caller hears what was wrong with his request, and nothing of what is inside. */
export function toErrorAnswer(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof RequestError) {
    const { statusCode, code, message, details } = error;
    return { statusCode, body: { error: { code, message, details } } };
  }
  if (error instanceof UpstreamError) {
    const message = 'The store is busy; try again';
    return { statusCode: 503, body: { error: { code: 'unavailable', message, requestId } } };
  }
  const message = `Something went wrong here; the log has it under request id ${requestId}`;
  return { statusCode: 500, body: { error: { code: 'internal', message, requestId } } };
}
