import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig, type QuerytrailConfig } from '../lib/config';
import { QuerytrailStack } from '../lib/querytrail-stack';

const app = new App();
const config = readConfig();
new QuerytrailStack(app, config.stackName, { config });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

function readConfig(): QuerytrailConfig {
  try {
    return loadConfig(app.node.getAllContext());
  } catch (error) {
    process.stderr.write(`querytrail: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}
