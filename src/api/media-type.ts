import { RequestError } from '../errors';

export type MediaType = 'application/json' | 'text/csv' | 'application/x-ndjson';

/**
 * Picks the representation by the Accept header: the highest weight, then the order offered.
 *
 * @throws RequestError 406 where nothing offered is acceptable.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
export function chooseMediaType(
  accept: string | undefined,
  offered: readonly MediaType[],
): MediaType {
  const ranges = parseAccept(accept?.trim() || '*/*');
  let best: { type: MediaType; weight: number } | undefined;
  for (const type of offered) {
    const weight = weightOf(type, ranges);
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  if (best) return best.type;
  throw new RequestError(406, 'request.accept', 'No acceptable representation', {
    parameter: 'accept',
    value: accept?.slice(0, 200),
    allowed: offered.join(', '),
  });
}

interface AcceptRange {
  readonly range: string;
  readonly weight: number;
}

function parseAccept(accept: string): AcceptRange[] {
  return accept.split(',').map((part) => {
    const [range = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { range, weight: weight ? Number(weight.slice(2)) || 0 : 1 };
  });
}

/** The most specific range decides. */
function weightOf(type: MediaType, ranges: readonly AcceptRange[]): number {
  for (const candidate of [type, type.replace(/\/.*/, '/*'), '*/*']) {
    const match = ranges.find(({ range }) => range === candidate);
    if (match) return match.weight;
  }
  return 0;
}
