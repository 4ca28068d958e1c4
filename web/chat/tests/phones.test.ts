import { expect, test } from 'vitest'
import { emergencyNumbers, phoneHref, phoneParts } from '../phones'

function dialled(text: string): string[] {
  return phoneParts(text).flatMap((part) => part.href ?? [])
}

test.each([
  ['请拨打 110 或 12348。', ['tel:110', 'tel:12348']],
  ['12333，工作时间有人接', ['tel:12333']],
  ['不方便出声可以发短信到12110', ['sms:12110']],
  ['受伤请打120,越快越好', ['tel:120']],
])('%s 里的电话可以点', (text, expected) => {
  expect(dialled(text)).toEqual(expected)
})

test.each(['欠了 12345 元', '收入12000元', '期限120天', '第110条', '案号 2026-110-12', '1102', '110.5', '一共 120 个小时', '身份证 341102119'])(
  '%s 里没有电话', (text) => {
    expect(dialled(text)).toEqual([])
  },
)

test('拆开再拼起来，一个字不少', () => {
  const text = '先打110，再打 12348；120天内。'
  expect(phoneParts(text).map((part) => part.text).join('')).toBe(text)
})

test('紧急提示没写号码时给 110，写了几个给几个', () => {
  expect(emergencyNumbers('快离开那里')).toEqual(['110'])
  expect(emergencyNumbers('打 120 和 110，再打 110；也可以打 12348')).toEqual(['120', '110'])
})

test('号码里的空格和横线不进拨号地址', () => {
  expect(phoneHref('0551-1234 567')).toBe('tel:05511234567')
})
