import { renderToString } from 'vue/server-renderer'
import { createSSRApp, type Component } from 'vue'
import { expect, test, vi } from 'vitest'
import { edition, READ_ARTICLE } from '../articles'
import { readBlock } from '../blocks'
import ArticleText from '../components/ArticleText.vue'
import AnswerBlock from '../components/blocks/AnswerBlock.vue'
import ArticlesBlock from '../components/blocks/ArticlesBlock.vue'
import { json, Line, problem, settle, talk } from './help'

const ARTICLE = { law: '民法典', article: '第一千零七十九条' }

async function drawn(component: Component, props: Record<string, unknown>, canRead = true): Promise<string> {
  const app = createSSRApp(component, props)
  if (canRead) app.provide(READ_ARTICLE, () => new Promise(() => undefined))
  return (await renderToString(app)).replace(/<!--.*?-->| data-v-\w+/g, '')
}

test('条文的名字是按钮，说明有没有展开', async () => {
  const html = await drawn(ArticleText, ARTICLE)
  expect(html).toMatch(/<button type="button" aria-expanded="false" aria-controls="([^"]+)"/)
  const id = /aria-controls="([^"]+)"/.exec(html)![1]!
  expect(html).toContain(`id="${id}"`)
  expect(html).toContain('《民法典》第一千零七十九条')
})

test('取不到原文的地方只写名字，不是点了没反应的按钮', async () => {
  expect(await drawn(ArticleText, ARTICLE, false)).toBe('《民法典》第一千零七十九条')
})

test('回答的每条依据都可以点', async () => {
  const block = readBlock({ type: 'answer', articles: [ARTICLE, { law: '民法典', article: '第一千零八十五条' }] })
  expect((await drawn(AnswerBlock, { block })).match(/aria-expanded="false"/g)).toHaveLength(2)
})

test('版本写成年月日；不是日子就不写', () => {
  expect(edition('2012-12-28')).toBe('2012年12月28日通过的版本，现行有效')
  expect(edition('')).toBe('')
  expect(edition('昨天')).toBe('')
})

test('最接近的条文：前后的话都在，条文只画一次，截短的可以看全文', async () => {
  const raw = {
    type: 'articles',
    text: '下面不是对您这件事的答复：\n《甲法》第一条（2020年1月1日通过的版本）：第一款。\n第二款。……\n《乙法》第二条（2021年1月1日通过的版本）：乙。\n请拨打 12348。',
    articles: [
      { law: '甲法', article: '第一条', text: '第一款。\n第二款。……', shortened: true, adopted: '2020-01-01' },
      { law: '乙法', article: '第二条', text: '乙。', shortened: false, adopted: '2021-01-01' },
    ],
  }
  const html = await drawn(ArticlesBlock, { block: readBlock(raw) })
  expect(html).toContain('下面不是对您这件事的答复：')
  expect(html).toContain('tel:12348')
  expect(html.match(/第一款。/g)).toHaveLength(1)
  expect(html.match(/aria-label="看全文《甲法》第一条"/g)).toHaveLength(1)
  expect(html).not.toContain('看全文《乙法》')
  expect(html.indexOf('不是对您')).toBeLessThan(html.indexOf('第一款'))
  expect(html.indexOf('乙。')).toBeLessThan(html.indexOf('tel:12348'))
})

test('条文块缺了东西也不出错，什么都没有时留下文字版', async () => {
  expect(readBlock({ type: 'articles', text: '文字', articles: [null, { law: '甲法' }] })).toEqual({ type: 'articles', text: '文字', articles: [] })
  expect(await drawn(ArticlesBlock, { block: readBlock({ type: 'articles', text: '文字版' }) })).toContain('文字版')
})

test('尖括号是文字', async () => {
  const hostile = { law: '<b>法</b>', article: '第一条', text: '<img src=x>', shortened: false, adopted: '' }
  const html = await drawn(ArticlesBlock, { block: readBlock({ type: 'articles', text: '', articles: [hostile] }) })
  expect(html).not.toMatch(/<img|<b>/)
})

test('取原文用自己的会话，法名和条号编进地址；没有时说清是没有', async () => {
  const line = new Line()
  const { conversation } = talk(line)
  vi.useFakeTimers()
  void conversation.run()
  await settle()
  line.answer = (call) => call.path.startsWith('/v1/web/articles') ? json({ ...ARTICLE, text: '原文' }) : undefined
  expect(await conversation.article('民法典', '第一千零七十九条')).toMatchObject({ text: '原文' })
  const [call] = line.to('/v1/web/articles')
  expect(call!.token).toBe('t1')
  expect(new URL(call!.path, 'http://x').searchParams.get('law')).toBe('民法典')
  line.answer = (call) => call.path.startsWith('/v1/web/articles') ? problem(404, 'article_not_at_hand') : undefined
  await expect(conversation.article('甲法', '第九条')).rejects.toMatchObject({ status: 404 })
  conversation.leave()
  vi.useRealTimers()
})
