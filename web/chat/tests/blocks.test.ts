import { renderToString } from 'vue/server-renderer'
import { createSSRApp, type Component } from 'vue'
import { expect, test } from 'vitest'
import { readBlock } from '../blocks'
import AnswerBlock from '../components/blocks/AnswerBlock.vue'
import AppointmentBlock from '../components/blocks/AppointmentBlock.vue'
import AssessmentBlock from '../components/blocks/AssessmentBlock.vue'
import NoticeBlock from '../components/blocks/NoticeBlock.vue'
import TextBlock from '../components/blocks/TextBlock.vue'
import WorkstationBlock from '../components/blocks/WorkstationBlock.vue'

async function drawn(component: Component, raw: unknown): Promise<string> {
  const html = await renderToString(createSSRApp(component, { block: readBlock(raw) }))
  return html.replace(/<!--.*?-->| data-v-\w+/g, '')
}

test('不认识的类型用它的文字版', () => {
  expect(readBlock({ type: 'hologram', text: '文字版' })).toEqual({ type: 'text', text: '文字版' })
  expect(readBlock({ type: 'form', text: '您在哪里？' })).toEqual({ type: 'text', text: '您在哪里？' })
})

test.each([null, 7, 'x', [], {}, { type: 'hologram' }])('%j 也不会是空白', (raw) => {
  expect(readBlock(raw)).toMatchObject({ type: 'text', text: expect.stringContaining('12348') as string })
})

test('缺的字段是空的，不是 undefined', () => {
  expect(readBlock({ type: 'answer', text: '结论', steps: ['一', 2, null], deadlines: [null], articles: [{}] })).toEqual({
    type: 'answer', text: '结论', question: '', conclusion: '', explanation: '', steps: ['一', '2'], evidence: [], articles: [],
    deadlines: [{ name: '', period: '', starts: '', exceptions: '', law: '', article: '' }],
  })
})

test('回答没有结论时显示文字版', async () => {
  expect(await drawn(AnswerBlock, { type: 'answer', text: '文字版' })).toContain('文字版')
})

test('期限写明从哪天起算，不重复“起”字', async () => {
  const deadlines = [{ name: '时效', period: '一年', starts: '离职之日起', exceptions: null, law: '劳动法', article: '第一条' }]
  const html = await drawn(AnswerBlock, { type: 'answer', deadlines })
  expect(html).toContain('从离职之日起算')
  expect(html).toContain('《劳动法》第一条')
  expect(html).not.toContain('例外')
})

test('依据收在 details 里', async () => {
  const html = await drawn(AnswerBlock, { type: 'answer', articles: [{ law: '民法典', article: '第一千零七十九条' }] })
  expect(html).toMatch(/<details><summary>依据<\/summary>.*《民法典》第一千零七十九条.*<\/details>/)
})

test.each(['likely', 'unlikely', 'more_facts', 'review'])('%s 的判断都写明以机构决定为准', async (outcome) => {
  const html = await drawn(AssessmentBlock, { type: 'assessment', outcome })
  expect(html).toContain('以法律援助机构的决定为准')
})

test('地址和电话没有核实时写待核和 12348', async () => {
  const html = await drawn(WorkstationBlock, { type: 'workstation', stations: [{ id: 'a', name: '某站', address: null, phone: null }] })
  expect(html).toContain('待核')
  expect(html.match(/tel:12348/g)).toHaveLength(2)
})

test('没有查到站点时不是空白', async () => {
  expect(await drawn(WorkstationBlock, { type: 'workstation', stations: [] })).toContain('tel:12348')
})

test('取消的预约不说请带上预约号来', async () => {
  const html = await drawn(AppointmentBlock, { type: 'appointment', number: 'A1', status: 'cancelled', station: { name: '某站' } })
  expect(html).toContain('预约已取消')
  expect(html).toContain('某站')
  expect(html).not.toContain('请记下预约号')
})

test('紧急提示没写号码也能拨 110', async () => {
  expect(await drawn(NoticeBlock, { type: 'notice', level: 'danger', text: '快离开' })).toContain('href="tel:110"')
})

test('尖括号是文字', async () => {
  expect(await drawn(TextBlock, { type: 'text', text: '<img src=x>' })).toBe('<p class="text">&lt;img src=x&gt;</p>')
})
