/** What the operators' API answers (docs at /docs), typed by hand. */

export type Permission =
  | 'serve' | 'reveal' | 'see_applications' | 'take_applications' | 'review' | 'settle_objections'
  | 'supervise' | 'report' | 'audit'

export interface Session { token: string; operator_id: string; display_name: string; role: string; may: Permission[]; idle_minutes: number }

/** The Chinese words behind codes. */
export interface Words {
  matters: Record<string, string>
  statuses: Record<string, string>
  outcomes: Record<string, string>
  channels: Record<string, string>
  provisional_grounds: Record<string, string>
  termination_grounds: Record<string, string>
  results: Record<string, Record<string, string>>
  complaint_statuses: Record<string, string>
  topics: Record<string, string>
  dispositions: Record<string, string>
  groups: Record<string, string>
  age_bands: Record<string, string>
  genders: Record<string, string>
  relations: Record<string, string>
  grounds: Record<string, string>
}

export interface ApplicationLine {
  id: string; number: string; stage: string; status: string; status_words: string; lane: string; lane_words: string
  urgent: boolean; difficult: boolean; needs_confirmation: boolean; offers_home_visit: boolean; minor: boolean
  agency: string; place: string | null; matter: string; outcome: string; channel: string
  applicant_name: string; applicant_phone: string; submitted_at: string | null
}

export interface TimeLimit {
  kind: string; name: string; basis: string; promise: boolean; last_day: string; met_at: string | null; overdue: boolean
}

export interface Step { seq: number; at: string; actor: string; act: string; after: string; details: Record<string, unknown> }

export interface Application extends ApplicationLine {
  facts: Record<string, unknown>
  form: Record<string, unknown>
  identity: string | null
  standing: string | null
  assignment_hints: string[]
  supplement: string[] | null
  can_become: string[]
  time_limits: TimeLimit[]
  history: Step[]
  same_person: string[]
  same_phone_other_name: boolean
}

/** A lawyer who may be assigned, the best first; reasons speak for it, cautions have to be weighed. */
export interface Suggestion {
  licence_number: string; name: string; firm: string; years: number; languages: string[]; specialities: string[]
  reasons: string[]; cautions: string[]
}

export interface Due { time_limit: TimeLimit; application: ApplicationLine }

export interface Proof { id: string; kind_words: string; media_type: string; size: number; scan_words: string; uploaded_at: string }

export interface Expected {
  number: string; when: string; station_id: string; station: string; kind: string; purpose: string; matter: string | null
  status: string; name: string | null; phone: string | null; reach: string; reach_words: string
  call: string | null; call_result: string | null
}

export interface Order {
  id: string; number: string; kind: string; kind_words: string; reason_words: string; about: string; urgent: boolean
  status: string; due_at: string; overdue: boolean; phone: string | null; unsafe_to_call: boolean
  transferred_to: string | null; operator_id: string | null
}
export interface TakenOrder extends Order { number_to_ring: string | null; note: string | null }

export interface ComplaintLine {
  id: string; number: string; kind: string; about: string; status: string; status_words: string; next: string[]
  filed_at: string; due_at: string; overdue: boolean; name: string | null; phone: string | null
}
export interface Complaint extends ComplaintLine {
  words: string; against: string | null; happened_on: string | null; wish: string | null
  transferred_to: string | null; answer: string | null
}

export interface Question { fact: string; kind: string; choices: string[] }
export interface Station {
  id: string; name: string; address: string | null; phone: string | null; hours: string | null; why: string; verified: boolean
}
export interface Answer {
  id: string; question: string; conclusion: string; explanation: string; steps: string[]
  deadlines: { name: string; period: string; starts: string; exceptions: string }[]
  articles: { law: string; article: string }[]
}
export interface Assisted {
  understood: boolean; topic: string | null; answers: Answer[]; sure: boolean
  articles: { law: string; article: string; text: string }[]
  facts: Record<string, unknown>
  place: string | null
  assessment: { outcome: string; explanation: string; materials: string[]; changes: string[] }
  next_questions: Question[]
  workstations: Station[]
  ask_safe_place: boolean
  dangers: { danger: string; words: string }[]
}

export interface Handoff {
  id: string; conversation_id: string; reason_words: string; urgent: boolean; status: string; waited_seconds: number
  operator_id: string | null
}
export interface Line { seq: number; speaker: string; text: string; created_at: string }
export interface Held { handoff: Handoff; lines: Line[]; known: Record<string, unknown>; place: string | null }

export interface LedgerRow {
  id: string; number: string; channel: string; channel_words: string; started_at: string; topic: string | null
  region: string | null; place: string | null; matter: string | null; outcome: string | null
  disposition: string; disposition_words: string; articles: string[]; told_right_to_apply: boolean
  groups: string[]; gender: string | null; age_band: string | null; group_related: boolean
  name: string | null; phone: string | null; name_refused: boolean; unsafe_to_call: boolean; has_summary: boolean
  unanswered: number; score: number | null; locked_at: string | null
}
export interface LedgerPlace { started_at: string; id: string }
export interface LedgerPage { rows: LedgerRow[]; next: LedgerPlace | null }

export interface Report { title: string; period: string; sections: { title: string; meaning: string; columns: string[]; rows: (string | number)[][] }[] }
