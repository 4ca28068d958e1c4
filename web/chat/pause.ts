/** Waiting between attempts: longer each time, never in step with the other phones, and cut short when hope returns. */

const LONGEST_SECONDS = 30

/** Milliseconds to wait after the nth failure in a row (from 1): about 1, 2, 4 … 30 s, each ± half. */
export function backoffMs(failures: number, random: () => number): number {
  const seconds = Math.min(LONGEST_SECONDS, 2 ** Math.max(0, failures - 1))
  return Math.min(LONGEST_SECONDS, Math.max(1, seconds * (0.5 + random()))) * 1000
}

/** A wait that `wake()` ends early, for when the network comes back or the page is looked at again. */
export class Pause {
  private readonly sleepers = new Set<() => void>()

  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const rise = (): void => {
        clearTimeout(timer)
        this.sleepers.delete(rise)
        resolve()
      }
      const timer = setTimeout(rise, ms)
      this.sleepers.add(rise)
    })
  }

  /** Wait for `wake()` alone. */
  untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      const rise = (): void => {
        this.sleepers.delete(rise)
        resolve()
      }
      this.sleepers.add(rise)
    })
  }

  wake(): void {
    for (const rise of [...this.sleepers]) rise()
  }
}
