import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { loadConfig } from '../lib/config';
import { QuerytrailStack } from '../lib/querytrail-stack';

const app = new App();
const config = loadConfig(app.node.getAllContext());
new QuerytrailStack(app, config.stackName, { config });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
