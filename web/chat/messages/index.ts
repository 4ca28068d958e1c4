import { zhCN, type Messages } from './zh-CN'

/** The sentences in use. Another language is one more file of the same type, chosen here. */
export const t: Messages = zhCN
