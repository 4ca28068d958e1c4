/** The gateway's web channel (design.md §7), typed by hand; the only file that knows its addresses. */

export type Sender = 'bot' | 'operator' | 'system' | 'citizen'
export type Owner = 'bot' | 'queued' | 'operator' | 'closed'

export interface Button { action_id: string; label: string }

/** One thing that happened in a conversation. `blocks` stay unread here; see `blocks.ts`. */
export interface ChatEvent {
  type: 'message' | 'typing' | 'owner'
  /** Absent on what is never replayed: `typing`, and the state that comes with a page of events. */
  seq?: number
  from?: Sender
  blocks?: unknown[]
  buttons?: Button[]
  /** Who answers from now on; may come with any event. */
  owner?: Owner
  created_at?: string
  /** On the citizen's own messages: the id this page gave the message. */
  client_msg_id?: string
}

/** Besides the events, a page may tell how things stand now. */
export interface EventPage { events: ChatEvent[]; next: number; owner?: Owner; typing?: boolean }

/** A page as the stream would have told it. */
export function eventsOf(page: EventPage): ChatEvent[] {
  const state: ChatEvent[] = page.owner === undefined ? [] : [{ type: 'owner', owner: page.owner }]
  return [...page.events, ...state, ...(page.typing === true ? [{ type: 'typing' } as const] : [])]
}

export interface Session { session_id: string; token: string; expires_at: string }
export type Outgoing = { client_msg_id: string } & ({ text: string } | { action_id: string })

/** The gateway answered, and the answer was no. `detail` is a Chinese sentence fit for the citizen. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string, readonly retryAfterSeconds: number | null) {
    super(`${status} ${code}`)
  }

  get sessionInvalid(): boolean { return this.status === 401 }
  /** Worth sending again unchanged: the gateway is busy or restarting. */
  get passing(): boolean { return this.status === 408 || this.status === 429 || this.status >= 500 }
}

/** An article as it reads today; `adopted` is the day of its edition. */
export interface ArticleText { law: string; article: string; heading: string; text: string; adopted: string; on: string }

const REQUEST_TIMEOUT_MS = 15_000

async function problemFrom(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  const wait = Number(response.headers.get('Retry-After') ?? NaN)
  return new Problem(
    response.status,
    typeof body.code === 'string' ? body.code : '',
    typeof body.detail === 'string' ? body.detail : '',
    Number.isFinite(wait) ? wait : null,
  )
}

interface CallOptions {
  token?: string
  method?: string
  body?: unknown
  accept?: string
  /** 0: no limit. */
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

/**
 * Calls to the gateway. Every method raises `Problem` when the gateway refuses, and whatever `fetch` raises when it
 * cannot be reached or is too slow. The token travels in a header only.
 */
export class Api {
  constructor(private readonly fetch: typeof globalThis.fetch) {}

  openSession(): Promise<Session> {
    return this.call('/v1/web/sessions', { method: 'POST', body: {} }, (response) => response.json())
  }

  /** Hand over one message; the same `client_msg_id` may be sent again and counts once. */
  send(token: string, message: Outgoing): Promise<{ seq: number }> {
    return this.call('/v1/web/messages', { token, method: 'POST', body: message }, (response) => response.json())
  }

  /** Events after `after`; waits up to `waitSeconds` when there are none. */
  events(token: string, after: number, waitSeconds: number, signal?: AbortSignal): Promise<EventPage> {
    const path = `/v1/web/events?after=${after}&wait=${waitSeconds}`
    const timeoutMs = waitSeconds * 1000 + REQUEST_TIMEOUT_MS
    return this.call(path, { token, timeoutMs, signal }, (response) => response.json())
  }

  /** The same events as a stream; the caller reads the body and decides when it has been silent too long. */
  stream(token: string, after: number, signal: AbortSignal): Promise<Response> {
    const options = { token, accept: 'text/event-stream', timeoutMs: 0, signal }
    return this.call(`/v1/web/events?after=${after}`, options, (response) => Promise.resolve(response))
  }

  rate(token: string, score: number, comment: string): Promise<unknown> {
    const body = comment === '' ? { score } : { score, comment }
    return this.call('/v1/web/ratings', { token, method: 'POST', body }, () => Promise.resolve())
  }

  transcript(token: string): Promise<string> {
    return this.call('/v1/web/transcript', { token, accept: 'text/plain' }, (response) => response.text())
  }

  /** The text of an article that an answer cites. */
  article(token: string, law: string, article: string): Promise<ArticleText> {
    const path = `/v1/web/articles?law=${encodeURIComponent(law)}&article=${encodeURIComponent(article)}`
    return this.call(path, { token }, (response) => response.json())
  }

  /** A booked appointment as a calendar file with an alarm. */
  calendar(token: string, number: string): Promise<string> {
    const path = `/v1/appointments/${encodeURIComponent(number)}/calendar`
    return this.call(path, { token, accept: 'text/calendar' }, (response) => response.text())
  }

  /** Delete what the gateway keeps of this conversation. */
  forget(token: string): Promise<unknown> {
    return this.call('/v1/web/me', { token, method: 'DELETE' }, () => Promise.resolve())
  }

  private async call<T>(path: string, options: CallOptions, read: (response: Response) => Promise<T>): Promise<T> {
    const { token, method = 'GET', body, accept = 'application/json', timeoutMs = REQUEST_TIMEOUT_MS, signal } = options
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    const timer = timeoutMs > 0 ? setTimeout(abort, timeoutMs) : undefined
    const headers: Record<string, string> = { Accept: accept }
    if (token !== undefined) headers.Authorization = `Bearer ${token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    try {
      const response = await this.fetch(path, {
        method, headers, signal: limit.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw await problemFrom(response)
      return await read(response)
    } finally {
      clearTimeout(timer)
      // A stream outlives this call and must stay abortable; everything else is finished here.
      if (timeoutMs > 0) signal?.removeEventListener('abort', abort)
    }
  }
}
