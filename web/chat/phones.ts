/**
 * Finds the short numbers people must be able to ring by touching them.
 * Only numbers the service hands out (domain/hotline.md §5) are recognised, so “12000 元” stays a sum of money.
 */
export interface PhonePart { text: string; href: string | null }

const EMERGENCY = ['110', '119', '120', '122']
const HOTLINES = ['12110', '12309', '12315', '12333', '12338', '12345', '12348', '12351', '12355', '12356', '12368', '96110']
const BY_TEXT_MESSAGE = new Set(['12110'])
/** What follows a figure that is not a phone number: 120 天, 第 110 条, 12345 元. */
const UNIT = /^\s*(?:元|块|万|天|日|个|条|款|号文|小时|分钟|年|月|米|公里|平|人|次|%|％)/

const NUMBER = new RegExp(`\\d[\\d,.-]*`, 'g')

export function phoneHref(number: string): string {
  return (BY_TEXT_MESSAGE.has(number) ? 'sms:' : 'tel:') + number.replace(/[^\d+]/g, '')
}

/** Split a sentence into plain text and numbers to touch; the parts joined are the sentence again. */
export function phoneParts(text: string): PhonePart[] {
  const parts: PhonePart[] = []
  let from = 0
  for (const match of text.matchAll(NUMBER)) {
    const number = match[0].replace(/[,.-]+$/, '')
    const at = match.index
    const known = EMERGENCY.includes(number) || HOTLINES.includes(number)
    if (!known || UNIT.test(text.slice(at + number.length)) || /第\s*$/.test(text.slice(0, at))) continue
    if (at > from) parts.push({ text: text.slice(from, at), href: null })
    parts.push({ text: number, href: phoneHref(number) })
    from = at + number.length
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null })
  return parts
}

/** The numbers named in an emergency notice, first named first; 110 when it names none. */
export function emergencyNumbers(text: string): string[] {
  const named = phoneParts(text).filter((part) => part.href !== null && part.text !== '12348').map((part) => part.text)
  return named.length > 0 ? [...new Set(named)] : ['110']
}
