/** Times as operators in China read them, wherever the browser thinks it is. */
const ZONE = 'Asia/Shanghai'
const moment = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

/** 11/24 09:05; nothing for no moment. */
export function inWords(at: string | null): string { return at === null ? '' : moment.format(new Date(at)) }

/** 2026-11-24, the day in Shanghai. */
export function today(now: Date = new Date()): string { return calendar.format(now) }

/** The same day, so many days later. */
export function daysLater(day: string, days: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + days)
  return at.toISOString().slice(0, 10)
}
