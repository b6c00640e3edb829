import { createFakeOmni } from './omni-server.ts';

/**
 * The fake as a process of its own, for tests that kill it: `FAKE_OMNI` holds its options as JSON; the first line of its
 * output is `{"baseUrl": …}`; it ends with its standard input, so that it cannot outlive the test.
 */
const fake = await createFakeOmni(JSON.parse(process.env['FAKE_OMNI'] ?? '{}'));
process.stdout.write(`${JSON.stringify({ baseUrl: fake.baseUrl })}\n`);
process.stdin.resume().on('end', () => void fake.close());
