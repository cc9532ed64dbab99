import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { AssetHashType, DockerImage, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

const PROJECT_ROOT = join(__dirname, '..');

export interface BundledFunctionProps {
  /** Folder below `lambda/` that holds `handler.ts`. */
  readonly handlerName: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memorySizeMb: number;
  /**
   * How long CloudWatch keeps the function's log.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

/**
 * One handler, bundled with everything that it imports, with a log group and a role of its own.
 *
 * The role may write this log and nothing else: whoever hands over a resource grants the rest and
 * sets the environment variable that names the resource.
 */
export class BundledFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    const { handlerName, description, timeout, memorySizeMb, logRetention } = props;
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description,
    });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      description,
      role,
      logGroup,
      timeout,
      memorySize: memorySizeMb,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: bundle(join(PROJECT_ROOT, 'lambda', handlerName)),
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
      },
    });
    logGroup.grantWrite(role);
  }
}

/** Bundled on this machine, at synthesis, by the pinned esbuild; the image is never pulled. */
function bundle(folder: string): Code {
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'),
      local: {
        tryBundle(outputFolder) {
          const script = join(PROJECT_ROOT, 'scripts', 'bundle-function.mjs');
          execFileSync(process.execPath, [script, join(folder, 'handler.ts'), outputFolder], {
            stdio: 'inherit',
          });
          return true;
        },
      },
    },
  });
}
