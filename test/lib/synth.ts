import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import * as z from 'zod';
import { parseConfig } from '../../lib/config';
import { QuerytrailStack } from '../../lib/querytrail-stack';

const cdkJson = z
  .object({ context: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(join(__dirname, '..', '..', 'cdk.json'), 'utf8')));

/** An app with the context of cdk.json that leaves the functions unbundled. */
export function createApp(): App {
  return new App({ context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] } });
}

export interface Synthesized {
  readonly app: App;
  readonly stack: QuerytrailStack;
  readonly template: Template;
}

/** The stack as these settings make it. */
export function synthesize(settings: Record<string, unknown> = {}): Synthesized {
  const app = createApp();
  const config = parseConfig(settings);
  const stack = new QuerytrailStack(app, config.stackName, { config });
  return { app, stack, template: Template.fromStack(stack) };
}

/** What cdk-nag's AwsSolutions finds and nobody acknowledged. */
export function findings(scope: IConstruct): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(scope);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map((resource) => `${ruleName} ${resource.constructPath}`),
  );
}

export interface Acknowledged {
  readonly path: string;
  readonly rule: string;
  readonly reason: string;
}

/** Every finding that was acknowledged, and why. */
export function acknowledgements(scope: IConstruct): Acknowledged[] {
  return scope.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(z.record(z.string(), z.string()).parse(data)))
      .map(([rule, reason]) => ({ path: construct.node.path, rule, reason })),
  );
}
