/** One citizen's talk as this page knows it: what was said, what still waits to be sent, and the line to the gateway. */
import { reactive } from 'vue'
import { eventsOf, Problem, type Api, type ArticleText, type Button, type ChatEvent, type Owner, type Sender } from './api'
import { readBlock, type Block } from './blocks'
import { followEvents } from './feed'
import type { Memory, StoredSession, Unsent } from './memory'
import { t } from './messages'
import { backoffMs, Pause } from './pause'

export const UNSENT_LIMIT = 20
export const TEXT_LIMIT = 2000

const SENDING_SHOWS_AS_WAITING_MS = 3000
/** An answer takes a tenth of a second. Whatever holds it up, the citizen hears of it, and of a person, within five. */
const SLOW_AFTER_MS = 3500
/** A phone network can die without saying so: ask once more outside the stream. */
const CHECK_AGAIN_AFTER_MS = 12_000
const TYPING_LASTS_MS = 10_000
const REOPEN_NOT_BEFORE_MS = 5000
const GOODBYE = /再见|拜拜|先这样|没有?别的(?:事|问题)/

/** `sending` becomes `waiting` (待发送) when it takes long or fails; `failed` was refused for good. */
export type Delivery = 'sending' | 'waiting' | 'sent' | 'failed'

export interface Entry {
  key: string
  /** Which session of this page it belongs to; a lost session is followed by the next number. */
  epoch: number
  /** Place in the talk; 0 for our own notices, Infinity while not yet delivered. */
  seq: number
  kind: 'message' | 'owner'
  from: Sender
  blocks: Block[]
  buttons: Button[]
  at: string | null
  delivery: Delivery
  clientMsgId: string | null
  failure: string
}

export interface ConversationState {
  entries: Entry[]
  owner: Owner
  link: 'connecting' | 'online' | 'reconnecting'
  /** Everything said before this page opened has been drawn. */
  restored: boolean
  typing: boolean
  slow: boolean
  tooFast: boolean
  rated: boolean
  ratingPutOff: boolean
}

export interface Surroundings {
  api: Api
  memory: Memory
  newId: () => string
  random: () => number
  now: () => number
}

/** Letters as people count them: one Chinese character or one emoji is one. */
export function textLength(text: string): number {
  return Array.from(text).length
}

export class Conversation {
  readonly state: ConversationState = reactive({
    entries: [], owner: 'bot', link: 'connecting', restored: false,
    typing: false, slow: false, tooFast: false, rated: false, ratingPutOff: false,
  })

  private session: StoredSession | null
  private unsent: Unsent[]
  private epoch = 0
  private lastSeq = 0
  private readonly seen = new Set<number>()
  private readonly pause = new Pause()
  private line = new AbortController()
  private delivering = false
  private stopped = false
  /** A session ended while nobody spoke: a new one is opened when somebody does, or looks at the page again. */
  private parked = false
  private openedAt = -Infinity
  private noticesMade = 0
  private waitTimers: ReturnType<typeof setTimeout>[] = []
  private typingTimer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly by: Surroundings) {
    this.session = by.memory.session
    this.unsent = by.memory.unsent.slice(0, UNSENT_LIMIT)
    this.state.rated = this.session !== null && by.memory.rated === this.session.id
    for (const { message, label } of this.unsent) this.insert(this.ownEntry(message.client_msg_id, label, 'waiting'))
  }

  // ---- what the citizen does -------------------------------------------------------------------------------------

  /** Send a sentence, now or when the network allows. False when too many are waiting already. */
  say(text: string): boolean {
    const clientMsgId = this.by.newId()
    return this.put({ message: { client_msg_id: clientMsgId, text }, label: text })
  }

  /** Give a ready answer; the citizen sees its label as their own words. */
  choose(button: Button): boolean {
    const clientMsgId = this.by.newId()
    return this.put({ message: { client_msg_id: clientMsgId, action_id: button.action_id }, label: button.label })
  }

  /** Ask for a person; asking again while the first request still waits changes nothing. */
  askForPerson(): boolean {
    return this.unsent.some((one) => one.label === t.humanText) || this.say(t.humanText)
  }

  /** Send a refused message again, as a new one and in words. */
  retry(entry: Entry): void {
    const block = entry.blocks[0]
    if (block === undefined || !this.say(block.text)) return
    this.state.entries = this.state.entries.filter((one) => one.key !== entry.key)
  }

  async rate(score: number, comment: string): Promise<void> {
    await this.withSession((token) => this.by.api.rate(token, score, comment))
    this.state.rated = true
    this.by.memory.rated = this.session?.id ?? null
  }

  putOffRating(): void {
    this.state.ratingPutOff = true
  }

  transcript(): Promise<string> {
    return this.withSession((token) => this.by.api.transcript(token))
  }

  article(law: string, article: string): Promise<ArticleText> {
    return this.withSession((token) => this.by.api.article(token, law, article))
  }

  /** A booked appointment as a calendar file. */
  calendar(number: string): Promise<string> {
    return this.withSession((token) => this.by.api.calendar(token, number))
  }

  /** Have the gateway delete this talk; the next word begins an empty one. */
  async erase(): Promise<void> {
    await this.withSession((token) => this.by.api.forget(token))
    this.state.entries = []
    this.unsent = []
    this.by.memory.clearTalk()
    this.dropSession()
    this.notify(t.menu.erased)
  }

  /** Stop at once and leave nothing in this tab. */
  leave(): void {
    this.stopped = true
    this.session = null
    this.stopWaiting()
    this.by.memory.clearTalk()
    this.line.abort()
    this.pause.wake()
  }

  // ---- what the page asks ----------------------------------------------------------------------------------------

  get unsentCount(): number {
    return this.state.entries.filter((entry) => entry.delivery === 'waiting').length
  }

  /** Ready answers of the newest message, unless the citizen has spoken since. */
  get quickReplies(): Button[] {
    for (let i = this.state.entries.length - 1; i >= 0; i--) {
      const entry = this.state.entries[i]!
      if (entry.delivery === 'failed' || (entry.kind === 'owner' && entry.buttons.length === 0)) continue
      return entry.from !== 'citizen' && entry.epoch === this.epoch ? entry.buttons : []
    }
    return []
  }

  /** Time to ask how it was: the talk was closed, or goodbye was said and answered. */
  get ratingDue(): boolean {
    const { entries, owner, rated, ratingPutOff } = this.state
    if (rated || ratingPutOff) return false
    if (owner === 'closed') return true
    const spoken = entries.filter((entry) => entry.kind === 'message' && entry.epoch === this.epoch)
    const last = spoken[spoken.length - 1]
    const own = spoken.filter((entry) => entry.from === 'citizen').pop()
    return last !== undefined && last !== own && own !== undefined && GOODBYE.test(own.blocks[0]?.text ?? '')
  }

  get empty(): boolean {
    return this.state.restored && !this.state.entries.some((entry) => entry.seq > 0)
  }

  // ---- the line to the gateway -----------------------------------------------------------------------------------

  /** Keep the talk alive until `leave()`: open a session, draw what was said, deliver what waits, follow what comes. */
  async run(): Promise<void> {
    let failures = 0
    while (!this.stopped) {
      if (this.parked && this.unsent.length === 0) await this.pause.untilWoken()
      this.parked = false
      const line = new AbortController()
      this.line = line
      try {
        const { token } = this.session ?? (await this.open())
        await this.catchUp(token)
        failures = 0
        this.state.restored = true
        void this.deliver()
        await this.follow(token)
      } catch (error) {
        if (error instanceof Problem && error.sessionInvalid && this.session !== null) this.loseSession(this.session.token)
        if (line.signal.aborted) continue
        this.state.link = 'reconnecting'
        failures += 1
        await this.pause.for(backoffMs(failures, this.by.random))
      }
    }
  }

  /** The network came back or the page is looked at again: try now instead of waiting. */
  wake(): void {
    this.pause.wake()
  }

  private async open(): Promise<StoredSession> {
    const tooSoon = this.openedAt + REOPEN_NOT_BEFORE_MS - this.by.now()
    if (tooSoon > 0) await this.pause.for(tooSoon)
    const { session_id: id, token } = await this.by.api.openSession()
    if (this.stopped) throw new Error('left')
    this.openedAt = this.by.now()
    this.session = { id, token }
    this.by.memory.session = this.session
    return this.session
  }

  private async catchUp(token: string): Promise<void> {
    for (;;) {
      const before = this.lastSeq
      const page = await this.by.api.events(token, before, 0, this.line.signal)
      if (this.session?.token !== token) return
      this.state.link = 'online'
      eventsOf(page).forEach((event) => this.take(event))
      if (page.events.length === 0 || this.lastSeq === before) return
    }
  }

  private follow(token: string): Promise<void> {
    const { api, random } = this.by
    const mine = (): boolean => this.session?.token === token
    return followEvents({
      api, token, random, pause: this.pause, signal: this.line.signal,
      after: () => this.lastSeq,
      onEvent: (event) => { if (mine()) this.take(event) },
      onConnected: (connected) => { this.state.link = connected ? 'online' : 'reconnecting' },
    })
  }

  private async withSession<T>(call: (token: string) => Promise<T>): Promise<T> {
    const token = this.session?.token
    if (token === undefined) throw new Error('no session')
    try {
      return await call(token)
    } catch (error) {
      if (error instanceof Problem && error.sessionInvalid) this.loseSession(token)
      throw error
    }
  }

  /** The gateway no longer knows the token: begin a new session, keep what is on the screen, and say so kindly. */
  private loseSession(token: string): void {
    if (this.session?.token !== token) return
    const notice = this.state.owner === 'closed' ? t.session.closed : t.session.renewed
    this.dropSession()
    // A ready answer of the old session means nothing to the new one; its words still do.
    this.unsent = this.unsent.map(({ message, label }) => ({ message: { client_msg_id: message.client_msg_id, text: label }, label }))
    this.by.memory.unsent = this.unsent
    for (const entry of this.state.entries) if (entry.seq === Infinity) entry.epoch = this.epoch
    this.notify(notice)
  }

  private dropSession(): void {
    this.session = null
    this.by.memory.session = null
    this.epoch += 1
    this.lastSeq = 0
    this.seen.clear()
    this.stopWaiting()
    this.parked = this.state.restored
    const link = this.parked ? 'online' : 'connecting'
    Object.assign(this.state, { owner: 'bot', link, rated: false, ratingPutOff: false })
    this.line.abort()
    this.pause.wake()
  }

  // ---- sending ---------------------------------------------------------------------------------------------------

  private put(one: Unsent): boolean {
    if (this.unsent.length >= UNSENT_LIMIT) return false
    this.unsent.push(one)
    this.by.memory.unsent = this.unsent
    const smooth = this.session !== null && this.state.link === 'online' && this.unsentCount === 0
    this.insert(this.ownEntry(one.message.client_msg_id, one.label, smooth ? 'sending' : 'waiting'))
    this.pause.wake()
    void this.deliver()
    return true
  }

  /** Hand over the waiting messages one by one, in order; only one such loop runs. */
  private async deliver(): Promise<void> {
    if (this.delivering) return
    this.delivering = true
    let failures = 0
    while (!this.stopped && this.session !== null && this.unsent.length > 0) {
      const head = this.unsent[0]!
      const { token } = this.session
      const tooLong = setTimeout(() => this.showWaiting(), SENDING_SHOWS_AS_WAITING_MS)
      try {
        const { seq } = await this.by.api.send(token, head.message)
        failures = 0
        if (this.session?.token === token) this.delivered(head, seq)
      } catch (error) {
        if (error instanceof Problem && error.sessionInvalid) this.loseSession(token)
        else if (error instanceof Problem && !error.passing) this.refused(head, error.detail)
        else {
          failures += 1
          this.showWaiting()
          const busy = error instanceof Problem && error.status === 429
          this.state.tooFast = busy
          const asked = error instanceof Problem ? error.retryAfterSeconds : null
          await (busy && asked !== null ? this.untilAllowed(asked) : this.pause.for(backoffMs(failures, this.by.random)))
        }
      } finally {
        clearTimeout(tooLong)
      }
    }
    this.delivering = false
  }

  /** The gateway named the time; nothing that wakes other waits may shorten this one. */
  private untilAllowed(seconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, Math.min(60, Math.max(1, seconds)) * 1000))
  }

  private delivered(one: Unsent, seq: number): void {
    this.forget(one)
    this.state.tooFast = false
    const entry = this.ownByClientId(one.message.client_msg_id)
    if (entry !== undefined) this.settle(entry, seq)
    const answered = this.state.entries.some((e) => e.epoch === this.epoch && e.from !== 'citizen' && e.seq > seq)
    if (!answered && this.state.owner === 'bot') this.startWaiting()
  }

  private refused(one: Unsent, why: string): void {
    this.forget(one)
    const entry = this.ownByClientId(one.message.client_msg_id)
    if (entry !== undefined) Object.assign(entry, { delivery: 'failed', failure: why })
  }

  private forget(one: Unsent): void {
    this.unsent = this.unsent.filter((other) => other.message.client_msg_id !== one.message.client_msg_id)
    this.by.memory.unsent = this.unsent
  }

  private showWaiting(): void {
    for (const entry of this.state.entries) if (entry.delivery === 'sending') entry.delivery = 'waiting'
  }

  // ---- what comes ------------------------------------------------------------------------------------------------

  private take(event: ChatEvent): void {
    if (event.type === 'typing') return this.showTyping()
    if (event.owner) this.state.owner = event.owner
    if (event.seq === undefined || this.seen.has(event.seq)) return
    this.seen.add(event.seq)
    this.lastSeq = Math.max(this.lastSeq, event.seq)
    const from = event.from ?? 'system'
    if (from === 'citizen') return this.takeOwn(event, event.seq)
    this.stopWaiting()
    const blocks = (event.blocks ?? []).map(readBlock)
    const buttons = event.buttons ?? []
    if (blocks.length === 0 && buttons.length === 0) return
    this.insert(this.entry({ key: `${this.epoch}:${event.seq}`, seq: event.seq, from, blocks, buttons,
                             kind: event.type === 'owner' ? 'owner' : 'message', at: event.created_at ?? null }))
  }

  /** Our own words came back: they are delivered, whatever became of the answer to our request. */
  private takeOwn(event: ChatEvent, seq: number): void {
    const id = event.client_msg_id ?? null
    const known = (id !== null && this.ownByClientId(id)) ||
      this.state.entries.find((e) => e.epoch === this.epoch && e.seq === seq)
    if (known) {
      known.at = event.created_at ?? known.at
      return this.settle(known, seq)
    }
    this.insert(this.entry({ key: `${this.epoch}:${seq}`, seq, from: 'citizen', blocks: (event.blocks ?? []).map(readBlock),
                             at: event.created_at ?? null, clientMsgId: id }))
  }

  private showTyping(): void {
    clearTimeout(this.typingTimer)
    this.state.typing = true
    this.typingTimer = setTimeout(() => { this.state.typing = false }, TYPING_LASTS_MS)
  }

  private startWaiting(): void {
    this.stopWaiting()
    this.state.typing = true
    const check = (): void => {
      const token = this.session?.token
      if (token !== undefined) this.catchUp(token).catch(() => undefined)
    }
    this.waitTimers = [
      setTimeout(() => { this.state.slow = true; check() }, SLOW_AFTER_MS),
      setTimeout(check, CHECK_AGAIN_AFTER_MS),
    ]
  }

  private stopWaiting(): void {
    this.waitTimers.forEach(clearTimeout)
    clearTimeout(this.typingTimer)
    this.waitTimers = []
    this.state.typing = false
    this.state.slow = false
  }

  // ---- entries ---------------------------------------------------------------------------------------------------

  private entry(given: Partial<Entry> & Pick<Entry, 'key' | 'seq' | 'from' | 'blocks'>): Entry {
    return { epoch: this.epoch, kind: 'message', buttons: [], at: null, delivery: 'sent', clientMsgId: null, failure: '', ...given }
  }

  private ownEntry(clientMsgId: string, text: string, delivery: Delivery): Entry {
    return this.entry({ key: clientMsgId, seq: Infinity, from: 'citizen', blocks: [{ type: 'text', text }], delivery, clientMsgId })
  }

  private ownByClientId(id: string): Entry | undefined {
    return this.state.entries.find((entry) => entry.clientMsgId === id)
  }

  private settle(entry: Entry, seq: number): void {
    entry.delivery = 'sent'
    if (entry.seq === seq && entry.epoch === this.epoch) return
    // The echo may have been drawn on its own before we knew it was ours.
    this.state.entries = this.state.entries.filter((one) => one.key !== entry.key && !(one.epoch === this.epoch && one.seq === seq))
    this.insert(Object.assign(entry, { seq, epoch: this.epoch }))
  }

  private notify(text: string): void {
    this.noticesMade += 1
    this.insert(this.entry({ key: `notice:${this.noticesMade}`, seq: 0, kind: 'owner', from: 'system',
                             blocks: [{ type: 'notice', level: 'info', text }] }))
  }

  /** Keep the talk in order of session and seq; equals stay in order of arrival. */
  private insert(entry: Entry): void {
    const { entries } = this.state
    let at = entries.length
    while (at > 0 && after(entries[at - 1]!, entry)) at -= 1
    entries.splice(at, 0, entry)
  }
}

function after(a: Entry, b: Entry): boolean {
  return a.epoch === b.epoch ? a.seq > b.seq : a.epoch > b.epoch
}
