/** Calls to the operators' API; the only file that knows how they are made. */
import { inject, provide, ref, type InjectionKey, type Ref } from 'vue'
import type { Permission, Session, Words } from './shapes'

const TIMEOUT_MS = 15_000

/** The gateway answered, and the answer was no; `detail` is a Chinese sentence fit for the operator. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string) { super(`${status} ${code}`) }
}

/** A logged-in operator's way to the gateway. `ended` is called once when the session is over. */
export class Desk {
  constructor(
    private readonly fetch: typeof globalThis.fetch, readonly session: Session, readonly words: Words,
    private readonly ended: () => void,
  ) {}

  may(permission: Permission): boolean { return this.session.may.includes(permission) }

  get<T>(path: string): Promise<T> { return this.call(path, 'GET').then((response) => response.json() as Promise<T>) }

  /** With a key the same request sent again has its effect once. */
  post<T>(path: string, body: unknown = {}, key?: string): Promise<T> {
    return this.call(path, 'POST', body, key).then((response) => response.json() as Promise<T>)
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.call(path, 'PATCH', body).then((response) => response.json() as Promise<T>)
  }

  /** Hand a file to the browser to be saved. */
  async save(path: string, name: string): Promise<void> {
    const content = await (await this.call(path, 'GET')).blob()
    const address = URL.createObjectURL(content)
    const link = document.createElement('a')
    link.href = address
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(address), 10_000)
  }

  async logOut(): Promise<void> {
    await this.call('/v1/console/sessions', 'DELETE').catch(() => undefined)
    this.ended()
  }

  private async call(path: string, method: string, body?: unknown, key?: string): Promise<Response> {
    try {
      return await request(this.fetch, path, method, this.session.token, body, key)
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.ended()
      throw error
    }
  }
}

/** Log in, and fetch the words that every page needs. */
export async function logIn(
  fetch: typeof globalThis.fetch, login: string, password: string,
): Promise<{ session: Session; words: Words }> {
  const opened = await request(fetch, '/v1/console/sessions', 'POST', null, { login, password })
  const session = (await opened.json()) as Session
  return { session, words: await wordsFor(fetch, session) }
}

/** Auditors serve nobody and may not see the words; they need none. */
export async function wordsFor(fetch: typeof globalThis.fetch, session: Session): Promise<Words> {
  if (!session.may.includes('serve')) {
    return {
      matters: {}, statuses: {}, outcomes: {}, channels: {}, provisional_grounds: {}, termination_grounds: {},
      results: {}, complaint_statuses: {}, topics: {}, dispositions: {}, groups: {}, age_bands: {}, genders: {}, relations: {}, grounds: {},
    }
  }
  return (await (await request(fetch, '/v1/console/words', 'GET', session.token)).json()) as Words
}

async function request(
  fetch: typeof globalThis.fetch, path: string, method: string, token: string | null, body?: unknown, key?: string,
): Promise<Response> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), TIMEOUT_MS)
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (token !== null) headers.Authorization = `Bearer ${token}`
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (key !== undefined) headers['Idempotency-Key'] = key
  try {
    const response = await fetch(path, {
      method, headers, signal: limit.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.ok) return response
    const told = (await response.json().catch(() => ({}))) as Record<string, unknown>
    throw new Problem(response.status, String(told.code ?? ''), String(told.detail ?? ''))
  } finally {
    clearTimeout(timer)
  }
}

const DESK: InjectionKey<Desk> = Symbol('desk')
export function provideDesk(desk: Desk): void { provide(DESK, desk) }
export function useDesk(): Desk {
  const desk = inject(DESK)
  if (desk === undefined) throw new Error('no desk: nobody is logged in')
  return desk
}

export interface Doing {
  busy: Ref<boolean>
  /** In words why the last one failed; '' if it did not. */
  problem: Ref<string>
  /** Act once: while it is under way another is not begun. Whether it was done. */
  run: (act: () => Promise<void>) => Promise<boolean>
  /** Fetch and show; a later reading takes the place of one that is under way. */
  read: <T>(fetch: () => Promise<T>, show: (found: T) => void) => Promise<void>
}

/** What a page does with the gateway, and how that stands. */
export function useDoing(): Doing {
  const busy = ref(false)
  const problem = ref('')
  let latest = 0

  async function attempt(act: () => Promise<void>, turn: number): Promise<boolean> {
    busy.value = true
    problem.value = ''
    try {
      await act()
      return true
    } catch (error) {
      const told = error instanceof Problem && error.detail !== '' ? error.detail : '没有办成：连不上服务，请稍后再试。'
      if (turn === latest) problem.value = told
      return false
    } finally {
      if (turn === latest) busy.value = false
    }
  }

  return {
    busy, problem,
    run: (act) => (busy.value ? Promise.resolve(false) : attempt(act, ++latest)),
    read: async (fetch, show) => {
      const turn = ++latest
      await attempt(async () => {
        const found = await fetch()
        if (turn === latest) show(found)
      }, turn)
    },
  }
}
