/** Handing a file to the citizen: what the page made or fetched, saved by the browser. */
import type { InjectionKey } from 'vue'

/** Save the calendar file of an appointment; rejects when it cannot be fetched. */
export type SaveCalendar = (number: string) => Promise<void>

export const SAVE_CALENDAR: InjectionKey<SaveCalendar> = Symbol('save calendar')

export function offerFile(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // At once would be too soon for some browsers, which begin reading after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
