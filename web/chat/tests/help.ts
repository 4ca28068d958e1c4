/** What the unit tests stand on: a gateway of functions, a store of a map, and a page without a browser. */
import { vi } from 'vitest'
import { Api } from '../api'
import { Conversation } from '../conversation'
import { Memory } from '../memory'

export function mapStore(): Storage {
  const map = new Map<string, string>()
  return {
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
    clear: () => map.clear(),
    key: () => null,
    get length() { return map.size },
  }
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
}

export function problem(status: number, code: string, detail = '', headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, code, detail }), { status, headers })
}

export interface Call { method: string; path: string; token: string; body: Record<string, unknown> }

/** A gateway whose answers are given by path; what nobody answers hangs, as a stream does. */
export class Line {
  readonly calls: Call[] = []
  sessions = 0
  seq = 0
  answer: (call: Call) => Response | Promise<Response> | undefined = () => undefined

  readonly fetch = vi.fn(async (path: string, init: RequestInit): Promise<Response> => {
    const headers = init.headers as Record<string, string>
    const call: Call = {
      method: init.method ?? 'GET', path, token: (headers.Authorization ?? '').replace('Bearer ', ''),
      body: init.body === undefined ? {} : (JSON.parse(init.body as string) as Record<string, unknown>),
    }
    this.calls.push(call)
    const answered = this.answer(call) ?? this.usual(call)
    if (answered !== undefined) return answered
    return new Promise((_, reject) => {
      const refuse = (): void => reject(new DOMException('aborted', 'AbortError'))
      if (init.signal?.aborted) refuse()
      init.signal?.addEventListener('abort', refuse)
    })
  })

  private usual(call: Call): Response | undefined {
    if (call.path === '/v1/web/sessions') {
      this.sessions += 1
      return json({ session_id: `s${this.sessions}`, token: `t${this.sessions}`, expires_at: '' }, 201)
    }
    if (call.path === '/v1/web/messages') return json({ seq: (this.seq += 1) }, 202)
    if (call.path === '/v1/web/ratings') return json({}, 201)
    if (call.path.endsWith('wait=0')) return json({ events: [], next: 0 })
    return undefined
  }

  to(path: string): Call[] {
    return this.calls.filter((call) => call.path.startsWith(path))
  }
}

export function talk(line: Line, tab = mapStore()): { conversation: Conversation; memory: Memory } {
  let ids = 0
  const memory = new Memory(tab, mapStore())
  const api = new Api(line.fetch as unknown as typeof fetch)
  const conversation = new Conversation({ api, memory, newId: () => `id${(ids += 1)}`, random: () => 0.5, now: () => Date.now() })
  return { conversation, memory }
}

/** Let everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0)
}
