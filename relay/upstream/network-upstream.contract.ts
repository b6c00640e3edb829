import { describeNetworkStream, type NetworkStreamFixture } from './network-stream.contract.ts';
import { spokenTurn, type UpstreamFixture } from './upstream.contract.ts';

export type { Course } from './network-stream.contract.ts';

/** An upstream that speaks to a server over a network. */
export interface NetworkFixture extends UpstreamFixture, Omit<NetworkStreamFixture, 'ask' | 'check'> {}

/** What every upstream with a server behind it does when server, network or caller give up. */
export function describeNetworkUpstream(createFixture: () => Promise<NetworkFixture>): void {
  describeNetworkStream(async () => {
    const fixture = await createFixture();
    const { upstream } = fixture;
    return {
      ...fixture,
      ask: (signal) => upstream.respond(spokenTurn(0.5), signal),
      check: (signal) => upstream.check(signal),
    };
  });
}
