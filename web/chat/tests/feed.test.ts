import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Problem, type ChatEvent, type EventPage } from '../api'
import { followEvents, SseParser } from '../feed'
import { Pause } from '../pause'

describe('推送的文字怎样切成事件', () => {
  test('一段里的多个事件、心跳、多行', () => {
    expect(new SseParser().push('id: 1\ndata: a\n\n: ping\n\ndata: b\ndata: c\n\n')).toEqual(['a', 'b\nc'])
  })

  test('在任何地方断开都一样', () => {
    const whole = 'id: 7\r\ndata: {"x":"字"}\r\n\r\ndata:y\r\n\r\n'
    for (let cut = 0; cut <= whole.length; cut++) {
      const parser = new SseParser()
      expect([...parser.push(whole.slice(0, cut)), ...parser.push(whole.slice(cut))]).toEqual(['{"x":"字"}', 'y'])
    }
  })
})

describe('跟随事件', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const encoder = new TextEncoder()

  function stream(...chunks: string[]): Response {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
        controller.close()
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })
  }

  function setUp(streams: ((signal: AbortSignal) => Promise<Response>)[], polls: (() => Promise<EventPage>)[] = []) {
    const seen: ChatEvent[] = []
    const links: boolean[] = []
    const stop = new AbortController()
    const hang = (): Promise<never> => new Promise(() => undefined)
    const api = {
      stream: vi.fn((_token: string, _after: number, signal: AbortSignal) => (streams.shift() ?? hang)(signal)),
      events: vi.fn(() => (polls.shift() ?? hang)()),
    }
    const done = followEvents({
      api, token: 't', after: () => seen.filter((e) => e.seq !== undefined).length, pause: new Pause(), random: () => 0.5,
      onEvent: (event) => seen.push(event), onConnected: (connected) => links.push(connected), signal: stop.signal,
    })
    return { api, seen, links, stop, done }
  }

  test('断开后带着最后的序号再连', async () => {
    const { api, seen, stop } = setUp([() => Promise.resolve(stream('data: {"type":"message","seq":1}\n\n'))])
    await vi.advanceTimersByTimeAsync(1500)
    expect(seen).toEqual([{ type: 'message', seq: 1 }])
    expect(api.stream.mock.calls.map((call) => call[1])).toEqual([0, 1])
    stop.abort()
  })

  test('坏的事件跳过，不中断', async () => {
    const { seen, stop } = setUp([() => Promise.resolve(stream('data: {oops\n\ndata: 3\n\ndata: {"type":"message","seq":2}\n\n'))])
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toEqual([{ type: 'message', seq: 2 }])
    stop.abort()
  })

  test('连不上时等得越来越久，并说断了', async () => {
    const fail = (): Promise<never> => Promise.reject(new TypeError('network'))
    const { api, links, stop } = setUp([fail, fail, fail])
    await vi.advanceTimersByTimeAsync(500)
    expect(api.stream).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(600)
    expect(api.stream).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1700)
    expect(api.stream).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(400)
    expect(api.stream).toHaveBeenCalledTimes(3)
    expect(links).toEqual([false, false, false])
    stop.abort()
  })

  test('推送被拒绝就改用长轮询', async () => {
    const refuse = (): Promise<never> => Promise.reject(new Problem(406, '', '', null))
    const page = (): Promise<EventPage> => Promise.resolve({ events: [{ type: 'message', seq: 1 }], next: 1 })
    const { api, seen, stop } = setUp([refuse], [page])
    await vi.advanceTimersByTimeAsync(0)
    expect(seen).toHaveLength(1)
    expect(api.events).toHaveBeenLastCalledWith('t', 1, 25, expect.anything())
    stop.abort()
  })

  test('连上了却二十秒没有一个字节，是被代理扣住了，改用长轮询', async () => {
    const silent = (signal: AbortSignal): Promise<Response> => {
      const body = new ReadableStream({ start: (controller) => { signal.addEventListener('abort', () => controller.error(new Error('aborted'))) } })
      return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
    }
    const { api, stop } = setUp([silent])
    await vi.advanceTimersByTimeAsync(19_000)
    expect(api.events).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(3000)
    expect(api.events).toHaveBeenCalledTimes(1)
    stop.abort()
  })

  test('两次空的推送之后改用长轮询', async () => {
    const { api, stop } = setUp([() => Promise.resolve(stream()), () => Promise.resolve(stream())])
    await vi.advanceTimersByTimeAsync(5000)
    expect(api.events).toHaveBeenCalledTimes(1)
    stop.abort()
  })

  test('不肯等的服务器不会被问个不停', async () => {
    const empty = (): Promise<EventPage> => Promise.resolve({ events: [], next: 0 })
    const { api, stop } = setUp([() => Promise.reject(new Problem(406, '', '', null))], Array.from({ length: 50 }, () => empty))
    await vi.advanceTimersByTimeAsync(5000)
    expect(api.events.mock.calls.length).toBeLessThanOrEqual(6)
    stop.abort()
  })

  test('会话失效交给对话处理', async () => {
    const { done } = setUp([() => Promise.reject(new Problem(401, 'session_invalid', '', null))])
    await expect(done).rejects.toMatchObject({ status: 401 })
  })
})
