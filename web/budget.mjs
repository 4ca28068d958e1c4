// Fails the build when a page grows too heavy for a cheap phone: node budget.mjs DIR JS_KB CSS_KB (gzip, 1 KB = 1024).
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const [directory, ...limits] = process.argv.slice(2)
const files = readdirSync(directory, { recursive: true }).map(String)
let over = false

for (const [i, kind] of ['js', 'css'].entries()) {
  const bytes = files
    .filter((name) => name.endsWith(`.${kind}`))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(directory, name)), { level: 9 }).length, 0)
  const limit = Number(limits[i])
  over ||= bytes > limit * 1024
  console.log(`${directory} ${kind}: ${(bytes / 1024).toFixed(1)} KB gzip of ${limit} KB${bytes > limit * 1024 ? '  OVER BUDGET' : ''}`)
}
if (over) process.exitCode = 1
