import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, test, vi } from 'vitest'
import { Api, Problem } from '../api'
import { readBlock } from '../blocks'
import AppointmentBlock from '../components/blocks/AppointmentBlock.vue'
import { SAVE_CALENDAR } from '../downloads'
import { problem } from './help'

const BOOKED = { type: 'appointment', number: 'AP202611245370Q', status: 'confirmed', station: '某中心', when: '11月24日 9:00', bring: [] }
const SAVE = '存到日历，到时候提醒我'

async function drawn(raw: Record<string, unknown>, canSave = true): Promise<string> {
  const app = createSSRApp(AppointmentBlock, { block: readBlock(raw) })
  if (canSave) app.provide(SAVE_CALENDAR, () => Promise.resolve())
  return renderToString(app)
}

test('约好的可以存到日历，取消了的、没法存的地方没有这个按钮', async () => {
  expect(await drawn(BOOKED)).toContain(SAVE)
  expect(await drawn({ ...BOOKED, status: 'cancelled' })).not.toContain(SAVE)
  expect(await drawn(BOOKED, false)).not.toContain(SAVE)
})

test('日历文件凭口令取，口令不在地址里', async () => {
  const fetch = vi.fn(() => Promise.resolve(new Response('BEGIN:VCALENDAR')))
  expect(await new Api(fetch as unknown as typeof globalThis.fetch).calendar('secret', 'AP1')).toBe('BEGIN:VCALENDAR')
  const [address, options] = fetch.mock.calls[0] as unknown as [string, RequestInit]
  expect(address).toBe('/v1/appointments/AP1/calendar')
  expect(options.headers).toMatchObject({ Authorization: 'Bearer secret' })
})

test('不是自己的预约，取不到', async () => {
  const fetch = vi.fn(() => Promise.resolve(problem(404, 'appointment_unknown')))
  await expect(new Api(fetch as unknown as typeof globalThis.fetch).calendar('secret', 'AP2')).rejects.toBeInstanceOf(Problem)
})
