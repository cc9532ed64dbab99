/**
 * Runs one bundle as Lambda would: a fresh process that loads the file once and then takes events,
 * one at a time. The parent sends `{ id, event, timeoutMs }` and gets `{ id, result | error }`.
 */
const started = performance.now();
const { handler } = require(process.argv[2]);
process.send({ loadedMs: performance.now() - started });

process.on('message', async ({ id, event, timeoutMs }) => {
  const deadline = Date.now() + timeoutMs;
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    memoryLimitInMB: '1024',
    invokedFunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    process.send({ id, result: await handler(event, context) });
  } catch (error) {
    process.send({ id, error: String(error?.stack ?? error) });
  }
});
