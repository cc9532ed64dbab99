import { run } from '../../../src/cli/run';
import { captureIo } from '../capture-io';

test.each([['--trail', '.'], ['--athena-history', '.'], ['--public-keys', '.'], ['--reset']])(
  'does not take %s beside --api, which has a store of its own',
  async (...option) => {
    const io = captureIo();
    // Where it were taken, no port would keep it from serving for good.
    const args = ['serve', '--api', 'https://api.invalid', '--port', 'none', ...option];

    const exitCode = await run(args, io);

    expect(exitCode).toBe(2);
    expect(io.stderr.text()).toContain(option[0]);
  },
);
