import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { backoffMs, Pause } from '../pause'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('等待从一秒到三十秒，越失败越久', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((n) => backoffMs(n, () => 0.5) / 1000)).toEqual([1, 2, 4, 8, 16, 30, 30])
})

test('每次等待都有抖动，但不少于一秒、不多于三十秒', () => {
  expect(backoffMs(3, () => 0)).toBe(2000)
  expect(backoffMs(3, () => 1)).toBe(6000)
  expect(backoffMs(1, () => 0)).toBe(1000)
  expect(backoffMs(9, () => 1)).toBe(30_000)
})

test('网络回来时不再等', async () => {
  const pause = new Pause()
  let awake = false
  void pause.for(30_000).then(() => { awake = true })
  pause.wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(awake).toBe(true)
})
