import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BundledFunction } from './bundled-function';
import type { EventTable } from './event-table';
import type { LogFileSource } from './source/log-file-source';

/** Below the 30 seconds that an HTTP API waits. */
const TIMEOUT = Duration.seconds(29);

/** The path without its parameters: a search text may quote a statement. */
const ACCESS_LOG_FIELDS = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.caller',
  subject: '$context.authorizer.claims.sub',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

export interface JwtAuth {
  /** Issuer of the tokens: the https URL below which the provider's OpenID configuration lies. */
  readonly issuer: string;
  readonly audience: string[];
}

export interface QueryApiProps {
  readonly table: EventTable;
  /** Bucket from which original records are read back. */
  readonly source: LogFileSource;
  /**
   * Takes tokens of this provider in place of IAM signatures.
   * @default - IAM
   */
  readonly jwt?: JwtAuth;
  /** @default 20 */
  readonly ratePerSecond?: number;
  /** @default 40 */
  readonly burst?: number;
  /** @default RetentionDays.THREE_MONTHS */
  readonly logRetention?: RetentionDays;
}

/** The HTTP API below `/v1`. No route is open. */
export class QueryApi extends Construct {
  readonly function: BundledFunction;
  readonly api: HttpApi;
  readonly route: HttpRoute;
  readonly url: string;

  constructor(scope: Construct, id: string, props: QueryApiProps) {
    super(scope, id);
    const { table, source, jwt, logRetention = RetentionDays.THREE_MONTHS } = props;
    this.function = new BundledFunction(this, 'Function', {
      handlerName: 'query',
      description: 'Querytrail: answers the API',
      timeout: TIMEOUT,
      memorySizeMb: 1024,
      logRetention,
    });
    table.grantRead(this.function);
    source.grantRead(this.function);

    this.api = new HttpApi(this, 'Api', {
      description: 'Who ran which statement on Athena and Keyspaces',
      createDefaultStage: false,
    });
    const [route] = this.api.addRoutes({
      path: '/v1/{proxy+}',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('Query', this.function),
      authorizer: createAuthorizer(jwt),
    });
    if (route === undefined) throw new Error('the API has no route');
    this.route = route;
    this.url = this.addStage(props, logRetention);
  }

  /** Lets a principal of this account ask every route; for an API with IAM authorization. */
  grantInvoke(grantee: IGrantable): Grant {
    const path = `${this.api.apiId}/$default/GET/v1`;
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [
        Stack.of(this).formatArn({ service: 'execute-api', resource: path, resourceName: '*' }),
      ],
    });
  }

  /** Requests that failed through no fault of the caller. */
  metricServerErrors(options?: MetricOptions): Metric {
    return this.api.metricServerError(options);
  }

  private addStage(props: QueryApiProps, logRetention: RetentionDays): string {
    const accessLog = new LogGroup(this, 'AccessLog', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.ratePerSecond ?? 20, burstLimit: props.burst ?? 40 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG_FIELDS)),
      },
    });
    return stage.url;
  }
}

function createAuthorizer(jwt: JwtAuth | undefined): IHttpRouteAuthorizer {
  if (jwt === undefined) return new HttpIamAuthorizer();
  return new HttpJwtAuthorizer('Jwt', jwt.issuer, { jwtAudience: jwt.audience });
}
