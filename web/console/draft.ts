/** What a call has told by the time an application is begun from it; nothing of who is calling. */
import { ref } from 'vue'

export interface Seed { matter: string; region: string; facts: Record<string, unknown> }
export const EMPTY: Seed = { matter: '', region: '', facts: {} }
export const seed = ref<Seed>(EMPTY)
