import type { IncomingMessage, ServerResponse } from 'node:http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

const STAGE = '$default';

/**
 * The request as an HTTP API of API Gateway would hand it to a function, payload format 2.0.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function toGatewayEvent(
  request: IncomingMessage,
  requestId: string,
  now: Date,
): APIGatewayProxyEventV2 {
  const [rawPath = '/', ...query] = (request.url ?? '/').split('?');
  const rawQueryString = query.join('?');
  const headers = toHeaders(request);
  return {
    version: '2.0',
    routeKey: STAGE,
    rawPath,
    rawQueryString,
    headers,
    ...(rawQueryString && { queryStringParameters: toParameters(rawQueryString) }),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: headers.host ?? '',
      domainPrefix: 'local',
      http: {
        method: request.method ?? 'GET',
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: STAGE,
      stage: STAGE,
      time: now.toISOString(),
      timeEpoch: now.getTime(),
    },
    isBase64Encoded: false,
  };
}

/** Answers with what the function returned. */
export function sendGatewayResult(
  response: ServerResponse,
  result: APIGatewayProxyStructuredResultV2,
  isHead: boolean,
): void {
  const body = Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(result.statusCode ?? 200, {
    'content-length': body.length,
    ...result.headers,
  });
  response.end(isHead ? undefined : body);
}

function toHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

/** Values of a repeated parameter are joined with commas, as API Gateway does. */
function toParameters(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}
