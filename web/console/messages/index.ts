import { zhCN, type Messages } from './zh-CN'

/** The sentences in use. */
export const t: Messages = zhCN
