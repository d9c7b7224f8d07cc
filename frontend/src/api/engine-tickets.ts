/** What opens a session's socket once, and the question it was opened with. */
export interface EngineTicket {
  engine_url: string;
  engine_token: string;
  firstQuestion?: string;
}

const tickets = new Map<string, EngineTicket>();

/** Keep the ticket of a session that was just created, for the page that will show it. */
export function keepTicket(sessionId: string, ticket: EngineTicket): void {
  tickets.set(sessionId, ticket);
}

export function hasTicket(sessionId: string): boolean {
  return tickets.has(sessionId);
}

/** Take the ticket: it works once. */
export function takeTicket(sessionId: string): EngineTicket | null {
  const ticket = tickets.get(sessionId) ?? null;
  tickets.delete(sessionId);
  return ticket;
}
