import type { Api } from '../api/api';
import type { FetchPath } from '../api/signed-fetch';

/** Headers of an answer that are passed on; the rest is between the two servers. */
const PASSED_ON = /^(content-type|content-disposition|cache-control|retry-after|x-querytrail-.*)$/;

/** Answers from a deployed API, so that its dashboard needs no public page and no password. */
export function createRemoteApi(fetchPath: FetchPath): Api {
  return async (event) => {
    const { method } = event.requestContext.http;
    if (method !== 'GET' && method !== 'HEAD') {
      return failure(405, 'request.method', 'Querytrail is read only');
    }
    const { rawPath, rawQueryString, headers } = event;
    try {
      const query = rawQueryString.replaceAll('+', '%20');
      const answer = await fetchPath(
        query ? `${rawPath}?${query}` : rawPath,
        headers.accept ? { accept: headers.accept } : {},
      );
      return {
        statusCode: answer.status,
        headers: Object.fromEntries([...answer.headers].filter(([name]) => PASSED_ON.test(name))),
        body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
        isBase64Encoded: true,
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return failure(502, 'upstream.api', `The deployed API could not be asked: ${reason}`);
    }
  };
}

function failure(statusCode: number, code: string, message: string) {
  return {
    statusCode,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ error: { code, message } }),
  };
}
