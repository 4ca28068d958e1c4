/** How a component deep in a message gets at the text of an article, and how its edition is named. */
import type { InjectionKey } from 'vue'
import type { ArticleText } from './api'
import { t } from './messages'

export type ReadArticle = (law: string, article: string) => Promise<ArticleText>

export const READ_ARTICLE: InjectionKey<ReadArticle> = Symbol('read article')

/** The edition by the day it was adopted (2012-12-28); '' when that is no day. */
export function edition(adopted: string): string {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(adopted)
  return found === null ? '' : t.articles.edition(Number(found[1]), Number(found[2]), Number(found[3]))
}
