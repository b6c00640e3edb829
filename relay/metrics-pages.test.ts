import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { upstreamsSchema } from './config/upstreams-schema.ts';
import { metricsPagesOf } from './metrics-pages.ts';

const url = 'http://10.0.0.5:8091/v1';

describe('where servers tell of their load', () => {
  it('is beside what they serve, under the name the pool knows them by; clouds are not asked', () => {
    const config = v.parse(upstreamsSchema({}), {
      cloud: true,
      groups: [
        {
          name: 'gpu',
          servers: [
            { kind: 'omni-chat', url },
            { kind: 'omni-chat', name: 'big', url: 'http://10.0.0.6:8000' },
            { kind: 'cascade', recogniser: { url }, chat: { url: 'http://10.0.0.7/llm/v1', model: 'm' } },
          ],
        },
        { name: 'far', cloud: true, servers: [{ kind: 'omni-chat', url: 'https://cloud.example/v1' }] },
      ],
    });
    expect(metricsPagesOf(config)).toEqual([
      { server: 'gpu-1', url: 'http://10.0.0.5:8091/metrics' },
      { server: 'big', url: 'http://10.0.0.6:8000/metrics' },
      { server: 'gpu-3', url: 'http://10.0.0.7/llm/metrics' },
    ]);
    expect(metricsPagesOf(undefined)).toEqual([]);
  });
});
