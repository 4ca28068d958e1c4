/** Follows a conversation's events for as long as the page is open: a stream when it works, long polls when not. */
import { eventsOf, Problem, type Api, type ChatEvent, type EventPage } from './api'
import { backoffMs, type Pause } from './pause'

/** The gateway pings every 15 s; a stream silent for longer than this is dead or held back by a proxy. */
const FIRST_BYTE_MS = 20_000
const SILENCE_MS = 40_000
const POLL_SECONDS = 25
/** A server that ignores `wait` must not be asked in a tight loop. */
const SHORTEST_POLL_MS = 1000
/** Streams in a row that bring not one byte before we stop asking for them. */
const EMPTY_STREAMS = 2
const STREAM_REFUSED = [404, 405, 406, 415, 501]

export interface FeedOptions {
  api: Pick<Api, 'events' | 'stream'>
  token: string
  /** The last seq seen so far. */
  after: () => number
  onEvent: (event: ChatEvent) => void
  onConnected: (connected: boolean) => void
  pause: Pause
  random: () => number
  signal: AbortSignal
}

/** Cuts a stream of text into the `data` of its events; comments (pings) and ids are dropped. */
export class SseParser {
  private rest = ''

  push(chunk: string): string[] {
    // A lone CR at the end may be half of a CRLF: it waits for the next chunk.
    const text = this.rest + chunk
    const half = text.endsWith('\r') ? '\r' : ''
    const blocks = (half ? text.slice(0, -1) : text).replace(/\r\n?/g, '\n').split('\n\n')
    this.rest = (blocks.pop() ?? '') + half
    return blocks.map(dataOf).filter((data) => data !== '')
  }
}

function dataOf(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n')
}

function parseEvent(data: string): ChatEvent | null {
  try {
    const event: unknown = JSON.parse(data)
    return typeof event === 'object' && event !== null && 'type' in event ? (event as ChatEvent) : null
  } catch {
    return null
  }
}

/** Runs until aborted. Raises only the `Problem` of a session that is no longer valid. */
export async function followEvents(options: FeedOptions): Promise<void> {
  const { onConnected, pause, random, signal } = options
  let failures = 0
  let emptyStreams = 0
  let streaming = typeof ReadableStream !== 'undefined' && typeof TextDecoder !== 'undefined'
  while (!signal.aborted) {
    try {
      if (!streaming) {
        await pollOnce(options)
        failures = 0
        continue
      }
      const end = await readStream(options)
      if (end === 'held back') streaming = false
      emptyStreams = end === 'empty' ? emptyStreams + 1 : 0
      if (emptyStreams >= EMPTY_STREAMS) streaming = false
      failures = end === 'heard' ? 0 : failures
      // An ended stream is ordinary (a proxy's limit, a restart): come back soon, but not all at once.
      if (streaming && !signal.aborted) await pause.for(backoffMs(1, random))
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Problem && error.sessionInvalid) throw error
      if (error instanceof Problem && STREAM_REFUSED.includes(error.status) && streaming) {
        streaming = false
        continue
      }
      onConnected(false)
      failures += 1
      await pause.for(backoffMs(failures, random))
    }
  }
}

async function pollOnce({ api, token, after, onEvent, onConnected, pause, signal }: FeedOptions): Promise<void> {
  const asked = Date.now()
  const page = await api.events(token, after(), POLL_SECONDS, signal)
  onConnected(true)
  eventsOf(page).forEach(onEvent)
  const early = SHORTEST_POLL_MS - (Date.now() - asked)
  if (page.events.length === 0 && early > 0) await pause.for(early)
}

type StreamEnd = 'heard' | 'empty' | 'held back'

async function readStream({ api, token, after, onEvent, onConnected, signal }: FeedOptions): Promise<StreamEnd> {
  const silence = new AbortController()
  const stop = (): void => silence.abort()
  signal.addEventListener('abort', stop)
  let timer = setTimeout(stop, FIRST_BYTE_MS)
  let opened = false
  let heard = false
  try {
    const response = await api.stream(token, after(), silence.signal)
    if (!(response.headers.get('Content-Type') ?? '').includes('text/event-stream')) {
      eventsOf((await response.json()) as EventPage).forEach(onEvent)
      return 'held back'
    }
    opened = true
    onConnected(true)
    const reader = response.body?.getReader()
    if (reader === undefined) return 'held back'
    const decoder = new TextDecoder()
    const parser = new SseParser()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return heard ? 'heard' : 'empty'
      heard = true
      clearTimeout(timer)
      timer = setTimeout(stop, SILENCE_MS)
      for (const data of parser.push(decoder.decode(value, { stream: true }))) {
        const event = parseEvent(data)
        if (event !== null) onEvent(event)
      }
    }
  } catch (error) {
    if (!silence.signal.aborted || signal.aborted) throw error
    onConnected(false)
    // No answer at all is a dead network; an answer without a single ping is a proxy that collects the stream.
    return heard ? 'heard' : opened ? 'held back' : 'empty'
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}
