import { expect, test } from 'vitest'
import { Desk, Problem, useDoing } from '../desk'
import type { Session, Words } from '../shapes'

const session = { token: 't', may: ['serve'] } as unknown as Session

function answering(status: number, body: unknown): typeof fetch {
  return () => Promise.resolve(new Response(JSON.stringify(body), { status }))
}

test('后一次读的算数，先发后到的不盖掉', async () => {
  const { read, busy } = useDoing()
  const shown: string[] = []
  let arrive = (_: string): void => undefined
  const slow = read(() => new Promise<string>((resolve) => { arrive = resolve }), (found) => shown.push(found))
  const quick = read(() => Promise.resolve('后一次'), (found) => shown.push(found))
  await quick
  arrive('前一次')
  await slow
  expect(shown).toEqual(['后一次'])
  expect(busy.value).toBe(false)
})

test('正在办的时候再按一次不会办两遍', async () => {
  const { run } = useDoing()
  let times = 0
  let finish = (): void => undefined
  const first = run(() => new Promise<void>((resolve) => { times += 1; finish = resolve }))
  expect(await run(async () => { times += 1 })).toBe(false)
  finish()
  expect(await first).toBe(true)
  expect(times).toBe(1)
})

test('办不成说网关给的那句话，连不上另说', async () => {
  const { run, problem } = useDoing()
  expect(await run(() => Promise.reject(new Problem(409, 'x', '别人刚刚处理过')))).toBe(false)
  expect(problem.value).toBe('别人刚刚处理过')
  await run(() => Promise.reject(new TypeError('offline')))
  expect(problem.value).toContain('连不上')
})

test('登录失效就出去，口令在头里不在地址里', async () => {
  let left = 0
  const seen: [string, string | null][] = []
  const refusing: typeof fetch = (path, options) => {
    seen.push([String(path), new Headers(options?.headers).get('Authorization')])
    return answering(401, { code: 'login_refused', detail: '请重新登录' })(path, options)
  }
  const desk = new Desk(refusing, session, {} as Words, () => { left += 1 })
  await expect(desk.get('/v1/console/handoffs')).rejects.toBeInstanceOf(Problem)
  expect(left).toBe(1)
  expect(seen).toEqual([['/v1/console/handoffs', 'Bearer t']])
})
