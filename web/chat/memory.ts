/** What the page remembers: the session only in this tab, the size of the letters on this device. Nothing in addresses. */
import type { Outgoing } from './api'

const SESSION = 'yuanxian.chat.session'
const UNSENT = 'yuanxian.chat.unsent'
const RATED = 'yuanxian.chat.rated'
const TEXT_SIZE = 'yuanxian.chat.textSize'

export interface StoredSession { id: string; token: string }
/** A message not yet handed over; `label` is what the citizen sees of it. */
export interface Unsent { message: Outgoing; label: string }
export type TextSize = 'standard' | 'large' | 'elder'

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** A store that never raises: browsers may refuse storage inside a frame or when full, and the talk goes on without. */
export function forgiving(open: () => Store): Store {
  const attempt = <T>(act: (store: Store) => T, otherwise: T): T => {
    try {
      return act(open())
    } catch {
      return otherwise
    }
  }
  return {
    getItem: (key) => attempt((store) => store.getItem(key), null),
    setItem: (key, value) => attempt((store) => store.setItem(key, value), undefined),
    removeItem: (key) => attempt((store) => store.removeItem(key), undefined),
  }
}

export class Memory {
  constructor(private readonly tab: Store, private readonly device: Store) {}

  get session(): StoredSession | null { return this.read<StoredSession>(SESSION) }
  set session(session: StoredSession | null) { this.write(SESSION, session) }

  get unsent(): Unsent[] { return this.read<Unsent[]>(UNSENT) ?? [] }
  set unsent(unsent: Unsent[]) { this.write(UNSENT, unsent.length > 0 ? unsent : null) }

  /** The session that was rated: one rating for one talk. */
  get rated(): string | null { return this.read<string>(RATED) }
  set rated(sessionId: string | null) { this.write(RATED, sessionId) }

  get textSize(): TextSize {
    const size = this.device.getItem(TEXT_SIZE)
    return size === 'large' || size === 'elder' ? size : 'standard'
  }
  set textSize(size: TextSize) { this.device.setItem(TEXT_SIZE, size) }

  /** Leave nothing of the talk in this tab. */
  clearTalk(): void {
    for (const key of [SESSION, UNSENT, RATED]) this.tab.removeItem(key)
  }

  private read<T>(key: string): T | null {
    try {
      return JSON.parse(this.tab.getItem(key) ?? 'null') as T | null
    } catch {
      return null
    }
  }

  private write(key: string, value: unknown): void {
    if (value === null) this.tab.removeItem(key)
    else this.tab.setItem(key, JSON.stringify(value))
  }
}
