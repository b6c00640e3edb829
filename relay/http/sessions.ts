import { Hono } from 'hono';
import type { Registry } from '../session/registry.ts';
import { problem } from './problem.ts';
import type { Tickets } from './tickets.ts';

/**
 * POST /session gives the ticket that opens one socket; DELETE /session/{id} ends what it opened. The id is no secret
 * (it appears in logs), so ending needs the ticket too: `Authorization: Bearer <ticket>`.
 */
export function sessionRoutes(tickets: Tickets, registry: Registry): Hono {
  const routes = new Hono();
  routes.post('/session', (c) => c.json(tickets.issue(c.req.header('origin')), 201, { 'Cache-Control': 'no-store' }));
  routes.delete('/session/:id', (c) => {
    const ticket = /^Bearer ([\w-]{1,128})$/.exec(c.req.header('authorization') ?? '')?.[1];
    if (!ticket) return problem(c, 401, 'ticket-missing', 'send the ticket of the session as a bearer token');
    const session = tickets.revoke(c.req.param('id'), ticket);
    if (!session) return problem(c, 404, 'session-unknown', 'no session has this id and this ticket');
    if (session !== 'unused') registry.end(session.conversation);
    return c.body(null, 204);
  });
  return routes;
}
