import { expect, test } from 'vitest'
import { newId } from '../id'
import { forgiving, Memory } from '../memory'
import { mapStore } from './help'

test('存储不可用时不报错', () => {
  const shut = forgiving(() => { throw new Error('denied') })
  const memory = new Memory(shut, shut)
  memory.session = { id: 's', token: 't' }
  memory.textSize = 'elder'
  expect([memory.session, memory.unsent, memory.textSize]).toEqual([null, [], 'standard'])
})

test('坏的内容当作没有', () => {
  const tab = mapStore()
  tab.setItem('yuanxian.chat.session', '{')
  const device = mapStore()
  device.setItem('yuanxian.chat.textSize', 'huge')
  const memory = new Memory(tab, device)
  expect([memory.session, memory.textSize]).toEqual([null, 'standard'])
})

test('离开时清掉对话，字号留着', () => {
  const memory = new Memory(mapStore(), mapStore())
  memory.session = { id: 's', token: 't' }
  memory.textSize = 'elder'
  memory.clearTalk()
  expect([memory.session, memory.textSize]).toEqual([null, 'elder'])
})

test('没有 randomUUID 的浏览器也有合格的编号', () => {
  const getRandomValues = globalThis.crypto.getRandomValues.bind(globalThis.crypto)
  const ids = Array.from({ length: 50 }, () => newId({ getRandomValues }))
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(new Set(ids).size).toBe(50)
})
