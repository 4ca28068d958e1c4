/** WCAG contrast of the colours that meet on the page, computed from the tokens. */
import { expect, test } from 'vitest'
import tokens from '../styles/tokens.css?raw'

function colour(name: string): number[] {
  const hex = new RegExp(`--${name}: #([0-9a-f]{6})`).exec(tokens)?.[1]
  if (hex === undefined) throw new Error(`no colour --${name} in tokens.css`)
  return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
}

function luminance(name: string): number {
  const [r, g, b] = colour(name).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

test.each([
  ['ink', 'paper'], ['ink', 'surface'], ['ink', 'accent-soft'], ['ink', 'danger-soft'], ['muted', 'paper'], ['muted', 'surface'],
  ['accent', 'paper'], ['accent', 'surface'], ['accent', 'accent-soft'], ['on-accent', 'accent'], ['highlight-ink', 'highlight'],
  ['highlight-ink', 'paper'], ['highlight-ink', 'surface'], ['danger', 'paper'], ['danger', 'surface'], ['surface', 'danger'],
])('文字 %s 在 %s 上不低于 4.5', (text, ground) => {
  expect(contrast(text, ground)).toBeGreaterThanOrEqual(4.5)
})

test.each([['edge', 'paper'], ['edge', 'surface'], ['focus', 'paper'], ['focus', 'surface'], ['on-accent-muted', 'accent']])(
  '边框 %s 在 %s 上不低于 3', (line, ground) => {
    expect(contrast(line, ground)).toBeGreaterThanOrEqual(3)
  },
)
