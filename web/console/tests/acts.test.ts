import { expect, test } from 'vitest'
import { actsOn } from '../acts'
import { daysLater, inWords, today } from '../moments'
import type { Application, Permission } from '../shapes'

const application = {
  status: 'submitted', can_become: ['accepted', 'refused', 'withdrawn'], needs_confirmation: false, time_limits: [],
} as unknown as Application
const everything = (_: Permission): boolean => true
const only = (...given: Permission[]) => (wanted: Permission): boolean => given.includes(wanted)
const labels = (one: Application, may = everything): string[] => actsOn(one, may).map((act) => act.label)

test('能到的下一步才有按钮', () => {
  expect(labels(application)).toEqual(['受理', '标为重大疑难', '不予援助', '登记撤回'])
})

test('没有权限的步骤不给按钮', () => {
  expect(labels(application, only('take_applications'))).toEqual(['登记撤回'])
  expect(labels(application, only())).toEqual([])
})

test('草稿要先读给本人听，这里没有按钮', () => {
  expect(labels({ ...application, status: 'draft', can_become: ['submitted', 'withdrawn'] })).toEqual([])
})

test('有异议时只登记审查结果', () => {
  const objected = { ...application, status: 'objected', can_become: ['upheld', 'accepted', 'granted'] }
  expect(labels(objected)).toEqual(['登记异议结果', '标为重大疑难'])
  expect(labels(objected, only('review'))).toEqual(['标为重大疑难'])
})

test('协议没签的有签协议，签了的没有；要本人确认的有确认', () => {
  const limit = { kind: 'agreement', met_at: null } as Application['time_limits'][number]
  const assigned = { ...application, status: 'assigned', can_become: ['in_progress'], time_limits: [limit] }
  expect(labels(assigned)).toEqual(['已签协议', '开始办理', '标为重大疑难'])
  expect(labels({ ...assigned, time_limits: [{ ...limit, met_at: '2026-11-23T01:00:00Z' }] })).toEqual(['开始办理', '标为重大疑难'])
  expect(labels({ ...application, needs_confirmation: true })).toContain('本人已确认')
})

test('标了重大疑难的可以去掉；办完了的不标', () => {
  expect(labels({ ...application, difficult: true })).toEqual(['受理', '去掉重大疑难', '不予援助', '登记撤回'])
  expect(labels({ ...application, status: 'withdrawn', can_become: [] })).toEqual([])
})

test('时间按上海', () => {
  expect(inWords('2026-11-23T01:05:00Z')).toBe('11/23 09:05')
  expect(today(new Date('2026-11-22T16:30:00Z'))).toBe('2026-11-23')
  expect(daysLater('2026-12-31', 1)).toBe('2027-01-01')
  expect(inWords(null)).toBe('')
})
