const ROUTE = '/v1/realtime';

/** Where a model is reached: the route is added to an address that names only a server, the model to all of them. */
export function toSocketUrl(address: string, model: string): string {
  const url = new URL(address);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new TypeError('not a WebSocket address');
  if (/^\/(v1\/?)?$/.test(url.pathname)) url.pathname = ROUTE;
  url.searchParams.set('model', model);
  return url.href;
}
