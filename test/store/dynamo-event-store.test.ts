import { DYNAMO_SERVERS } from '../integration/dynamo-servers';
import { describeStore } from './store-suite';

for (const [name, start] of Object.entries(DYNAMO_SERVERS)) {
  if (start) describeStore(name, start);
  else test.skip(`event store on ${name}: its binary is not installed`, () => {});
}
