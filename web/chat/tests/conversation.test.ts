import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChatEvent } from '../api'
import { textLength, UNSENT_LIMIT } from '../conversation'
import { json, Line, mapStore, problem, settle, talk } from './help'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function said(seq: number, from: 'bot' | 'citizen' | 'system' | 'operator', text: string, more: Partial<ChatEvent> = {}): ChatEvent {
  return { type: 'message', seq, from, blocks: [{ type: 'text', text }], buttons: [], created_at: '2026-11-22T08:00:00Z', ...more }
}

/** A line whose next catch-ups bring these events, each once. */
function bringing(...events: ChatEvent[]): Line {
  const line = new Line()
  line.answer = (call) => {
    if (!call.path.includes('after=')) return undefined
    if (!call.path.endsWith('wait=0')) return undefined
    const after = Number(/after=(\d+)/.exec(call.path)![1])
    return json({ events: events.filter((event) => event.seq! > after), next: 0 })
  }
  return line
}

function texts(conversation: { state: { entries: { blocks: { text: string }[] }[] } }): string[] {
  return conversation.state.entries.map((entry) => entry.blocks[0]!.text)
}

test('第一次打开：开会话，记在本标签页，补上说过的话', async () => {
  const { conversation, memory } = talk(bringing(said(1, 'bot', '您好')))
  void conversation.run()
  await settle()
  expect(memory.session).toEqual({ id: 's1', token: 't1' })
  expect(conversation.state).toMatchObject({ restored: true, link: 'online' })
  expect(texts(conversation)).toEqual(['您好'])
})

test('再打开：用原来的会话，从头补', async () => {
  const tab = mapStore()
  const line = bringing(said(1, 'bot', '您好'), said(2, 'citizen', '工资', { client_msg_id: 'x' }), said(3, 'bot', '好的'))
  talk(line, tab).memory.session = { id: 's9', token: 't9' }
  const { conversation } = talk(line, tab)
  void conversation.run()
  await settle()
  expect(line.sessions).toBe(0)
  expect(line.to('/v1/web/events')[0]).toMatchObject({ path: '/v1/web/events?after=0&wait=0', token: 't9' })
  expect(texts(conversation)).toEqual(['您好', '工资', '好的'])
})

test('令牌只在请求头里', async () => {
  const line = new Line()
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  conversation.say('工资')
  await settle()
  expect(line.calls.some((call) => call.token === 't1')).toBe(true)
  expect(line.calls.every((call) => !call.path.includes('t1'))).toBe(true)
})

test('自己的话回来时不重复，先到后到都一样', async () => {
  const line = new Line()
  let echo: ChatEvent[] = []
  line.answer = (call) => (call.path.endsWith('wait=0') ? json({ events: echo, next: 0 }) : undefined)
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  conversation.say('工资')
  await settle()
  expect(conversation.state.entries).toMatchObject([{ seq: 1, delivery: 'sent' }])
  echo = [said(1, 'citizen', '工资', { client_msg_id: 'id1' }), said(2, 'bot', '好的')]
  await vi.advanceTimersByTimeAsync(5000)
  expect(texts(conversation)).toEqual(['工资', '好的'])
  expect(conversation.state.typing).toBe(false)
})

test('发不出去时显示待发送，同一个编号重发，按顺序', async () => {
  const line = new Line()
  let broken = true
  line.answer = (call) => {
    if (broken && call.path === '/v1/web/messages') throw new TypeError('network')
    return undefined
  }
  const { conversation, memory } = talk(line)
  void conversation.run()
  await settle()
  conversation.say('第一句')
  conversation.say('第二句')
  await settle()
  expect(conversation.state.entries.map((entry) => entry.delivery)).toEqual(['waiting', 'waiting'])
  expect(memory.unsent).toHaveLength(2)
  broken = false
  await vi.advanceTimersByTimeAsync(30_000)
  expect(conversation.state.entries.map((entry) => entry.delivery)).toEqual(['sent', 'sent'])
  const sent = line.to('/v1/web/messages').map((call) => call.body.client_msg_id)
  expect(new Set(sent)).toEqual(new Set(['id1', 'id2']))
  expect(sent.indexOf('id2')).toBeGreaterThan(sent.lastIndexOf('id1'))
  expect(memory.unsent).toEqual([])
})

test('最多存二十条，第二十一条不收', () => {
  const { conversation } = talk(new Line())
  for (let n = 0; n < UNSENT_LIMIT; n++) expect(conversation.say(`第${n}句`)).toBe(true)
  expect(conversation.say('再来一句')).toBe(false)
  expect(conversation.unsentCount).toBe(UNSENT_LIMIT)
})

test('还没发出的话，刷新后还在，用原来的编号', async () => {
  const tab = mapStore()
  const line = new Line()
  talk(line, tab).conversation.say('没发出的话')
  const { conversation } = talk(line, tab)
  expect(conversation.state.entries).toMatchObject([{ delivery: 'waiting', clientMsgId: 'id1' }])
  void conversation.run()
  await settle()
  expect(line.to('/v1/web/messages')).toMatchObject([{ body: { client_msg_id: 'id1', text: '没发出的话' } }])
})

test('会话失效：换新会话，留住屏幕上的话，按钮改用文字重发', async () => {
  const line = bringing(said(1, 'bot', '您是农民工吗？', { buttons: [{ action_id: 'a1', label: '是的' }] }))
  const events = line.answer
  line.answer = (call) => {
    if (call.path === '/v1/web/messages' && call.token === 't1') return problem(401, 'session_invalid')
    return call.token === 't2' && call.path.includes('wait=0') ? json({ events: [], next: 0 }) : events(call)
  }
  const { conversation, memory } = talk(line)
  void conversation.run()
  await settle()
  conversation.choose(conversation.quickReplies[0]!)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(memory.session?.token).toBe('t2')
  expect(texts(conversation)).toEqual(['您是农民工吗？', expect.stringContaining('之前的对话已经结束'), '是的'])
  expect(line.to('/v1/web/messages').map((call) => [call.token, call.body])).toEqual([
    ['t1', { client_msg_id: 'id1', action_id: 'a1' }],
    ['t2', { client_msg_id: 'id1', text: '是的' }],
  ])
})

test('闲着的时候会话到期：说明一句，等人说话再开新会话', async () => {
  const line = new Line()
  let over = false
  line.answer = (call) => (over && call.token === 't1' ? problem(401, 'session_invalid') : undefined)
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  over = true
  await expect(conversation.transcript()).rejects.toMatchObject({ status: 401 })
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(line.sessions).toBe(1)
  expect(texts(conversation)).toEqual([expect.stringContaining('之前的对话已经结束')])
  conversation.say('我又来了')
  await vi.advanceTimersByTimeAsync(1000)
  expect(line.sessions).toBe(2)
  expect(conversation.state.entries.at(-1)).toMatchObject({ delivery: 'sent' })
  conversation.leave()
})

test('对话已由工作人员结束时，不说是离开太久', async () => {
  const line = bringing({ type: 'owner', seq: 1, owner: 'closed', from: 'system' })
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  const before = line.answer
  line.answer = (call) => (call.token === 't1' ? problem(401, 'session_invalid') : before(call))
  await expect(conversation.rate(5, '')).rejects.toMatchObject({ status: 401 })
  expect(texts(conversation)).toEqual([expect.stringContaining('这次对话已经结束')])
})

test('网关在列表里说明谁在接待、是否正在回复', async () => {
  const line = new Line()
  line.answer = (call) => (call.path.endsWith('wait=0') ? json({ events: [], next: 0, owner: 'operator', typing: true }) : undefined)
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  expect(conversation.state).toMatchObject({ owner: 'operator', typing: true })
})

test('会话总是失效也不会把网关问个不停', async () => {
  const line = new Line()
  line.answer = (call) => (call.path === '/v1/web/sessions' ? undefined : problem(401, 'session_invalid'))
  const { conversation } = talk(line)
  void conversation.run()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(line.sessions).toBeLessThan(15)
  conversation.leave()
})

test('被拒绝的话不挡住后面的话，重新发送是新的一句', async () => {
  const line = new Line()
  line.answer = (call) => (call.body.client_msg_id === 'id1' ? problem(422, 'action_unknown', '这个按钮已经过期。') : undefined)
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  conversation.choose({ action_id: 'old', label: '是的' })
  conversation.say('后面的话')
  await settle()
  expect(conversation.state.entries.map((e) => [e.blocks[0]!.text, e.delivery, e.failure])).toEqual([
    ['后面的话', 'sent', ''], ['是的', 'failed', '这个按钮已经过期。'],
  ])
  conversation.retry(conversation.state.entries[1]!)
  await settle()
  expect(line.to('/v1/web/messages').at(-1)!.body).toEqual({ client_msg_id: 'id3', text: '是的' })
  expect(texts(conversation)).toEqual(['后面的话', '是的'])
})

test('发得太快：按网关给的时间等，期间不催', async () => {
  const line = new Line()
  let busy = true
  line.answer = (call) => (busy && call.path === '/v1/web/messages' ? problem(429, 'too_many_messages', '', { 'Retry-After': '7' }) : undefined)
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  conversation.say('太快的话')
  await settle()
  expect(conversation.state.tooFast).toBe(true)
  busy = false
  conversation.wake()
  await vi.advanceTimersByTimeAsync(6000)
  expect(line.to('/v1/web/messages')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(2000)
  expect(conversation.state).toMatchObject({ tooFast: false, entries: [{ delivery: 'sent' }] })
})

test('只有最新一条消息的按钮能点，说了话就不能再点', async () => {
  const line = bringing(
    said(1, 'bot', '甲？', { buttons: [{ action_id: 'a1', label: '甲' }] }),
    said(2, 'bot', '乙？', { buttons: [{ action_id: 'a2', label: '乙' }] }),
    { type: 'owner', seq: 3, from: 'system', owner: 'bot', blocks: [{ type: 'notice', text: '又由机器人回答' }] },
  )
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  expect(conversation.quickReplies).toEqual([{ action_id: 'a2', label: '乙' }])
  conversation.say('别的话')
  expect(conversation.quickReplies).toEqual([])
})

test('谁在接待跟着事件走', async () => {
  const { conversation } = talk(bringing({ type: 'owner', seq: 1, owner: 'operator', from: 'system' }))
  void conversation.run()
  await settle()
  expect(conversation.state.owner).toBe('operator')
  expect(conversation.state.entries).toEqual([])
})

test('发出后没有回音：先说正在回复，再自己去问，最后说慢', async () => {
  const line = new Line()
  const { conversation } = talk(line)
  void conversation.run()
  await settle()
  conversation.say('工资')
  await settle()
  expect(conversation.state.typing).toBe(true)
  const asked = line.to('/v1/web/events').length
  await vi.advanceTimersByTimeAsync(12_100)
  expect(line.to('/v1/web/events').length).toBeGreaterThan(asked)
  expect(conversation.state.slow).toBe(true)
})

test('连按转人工只算一次', () => {
  const { conversation } = talk(new Line())
  conversation.askForPerson()
  conversation.askForPerson()
  expect(texts(conversation)).toEqual(['转人工'])
})

test('说了再见并得到回答后请打分，打过不再问', async () => {
  const { conversation, memory } = talk(bringing(said(1, 'bot', '您好'), said(2, 'citizen', '好的，再见'), said(3, 'bot', '您多保重')))
  void conversation.run()
  await settle()
  expect(conversation.ratingDue).toBe(true)
  await conversation.rate(5, '')
  expect(conversation.ratingDue).toBe(false)
  expect(memory.rated).toBe('s1')
})

test('没说再见不催打分，对话结束了才问', async () => {
  const { conversation } = talk(bringing(said(1, 'citizen', '工资'), said(2, 'bot', '好的')))
  void conversation.run()
  await settle()
  expect(conversation.ratingDue).toBe(false)
  conversation.state.owner = 'closed'
  expect(conversation.ratingDue).toBe(true)
  conversation.putOffRating()
  expect(conversation.ratingDue).toBe(false)
})

test('快速离开：什么都不留，也不再连', async () => {
  const line = new Line()
  const tab = mapStore()
  const { conversation } = talk(line, tab)
  void conversation.run()
  await settle()
  conversation.say('工资')
  conversation.leave()
  const calls = line.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(line.calls.length).toBe(calls)
  expect(tab.length).toBe(0)
})

test('浏览器不让存东西时照样能说话', async () => {
  const line = new Line()
  const shut = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined } as unknown as Storage
  const { conversation } = talk(line, shut)
  void conversation.run()
  await settle()
  conversation.say('工资')
  await settle()
  expect(conversation.state.entries).toMatchObject([{ delivery: 'sent' }])
})

test('字数按人的数法', () => {
  expect(textLength('工资a👨')).toBe(4)
})
