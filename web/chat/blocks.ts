/**
 * The typed blocks of a message (design.md §7), read defensively: whatever the gateway sends, each field of the
 * result has the type it promises, a missing list is empty and a missing sentence is ''. A block of a type this page
 * does not know becomes its plain-text form, so a newer gateway never leaves a citizen looking at nothing.
 */
import { t } from './messages'

export interface Article { law: string; article: string }
export interface Deadline extends Article { name: string; period: string; starts: string; exceptions: string }
export interface Station {
  id: string; name: string; address: string; phone: string; hours: string; why: string; verified: boolean
}

export interface TextBlock { type: 'text'; text: string }
export interface AnswerBlock {
  type: 'answer'; text: string; question: string; conclusion: string; explanation: string
  steps: string[]; deadlines: Deadline[]; evidence: string[]; articles: Article[]
}
/** The law's own words, for want of a reviewed answer or because they were asked for. */
export interface QuotedArticle extends Article { text: string; shortened: boolean; adopted: string }
export interface ArticlesBlock { type: 'articles'; text: string; articles: QuotedArticle[] }
export interface AssessmentBlock {
  type: 'assessment'; text: string; outcome: string; label: string
  reasons: string[]; materials: string[]; agency: { name: string; why: string }
}
export interface WorkstationBlock { type: 'workstation'; text: string; stations: Station[] }
export interface AppointmentBlock {
  type: 'appointment'; text: string; number: string; status: string; station: string; when: string; bring: string[]
  /** What is not verified about the place; empty when all is. */
  note: string
}
export interface NoticeBlock { type: 'notice'; text: string; level: 'danger' | 'warning' | 'info' }

export type Block =
  | TextBlock | AnswerBlock | ArticlesBlock | AssessmentBlock | WorkstationBlock | AppointmentBlock | NoticeBlock

type Fields = Record<string, unknown>

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function sentence(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function sentences(value: unknown): string[] {
  return list(value).map(sentence).filter((line) => line !== '')
}

function readArticle(value: unknown): Article {
  const raw = fields(value)
  return { law: sentence(raw.law), article: sentence(raw.article) }
}

function readQuoted(value: unknown): QuotedArticle {
  const raw = fields(value)
  return {
    ...readArticle(raw), text: sentence(raw.text), shortened: raw.shortened === true, adopted: sentence(raw.adopted),
  }
}

function readDeadline(value: unknown): Deadline {
  const raw = fields(value)
  return {
    ...readArticle(raw),
    name: sentence(raw.name),
    period: sentence(raw.period),
    starts: sentence(raw.starts),
    exceptions: sentence(raw.exceptions),
  }
}

function readStation(value: unknown): Station {
  const raw = fields(value)
  return {
    id: sentence(raw.id),
    name: sentence(raw.name),
    address: sentence(raw.address),
    phone: sentence(raw.phone),
    hours: sentence(raw.hours),
    why: sentence(raw.why),
    verified: raw.verified === true,
  }
}

/** Read one block as it came over HTTP. */
export function readBlock(value: unknown): Block {
  const raw = fields(value)
  const text = sentence(raw.text)
  switch (raw.type) {
    case 'answer':
      return {
        type: 'answer', text,
        question: sentence(raw.question),
        conclusion: sentence(raw.conclusion),
        explanation: sentence(raw.explanation),
        steps: sentences(raw.steps),
        deadlines: list(raw.deadlines).map(readDeadline),
        evidence: sentences(raw.evidence),
        articles: list(raw.articles).map(readArticle).filter((a) => a.law !== ''),
      }
    case 'articles':
      return {
        type: 'articles', text,
        articles: list(raw.articles).map(readQuoted).filter((a) => a.law !== '' && a.text !== ''),
      }
    case 'assessment': {
      const agency = fields(raw.agency)
      return {
        type: 'assessment', text,
        outcome: sentence(raw.outcome),
        label: sentence(raw.label),
        reasons: sentences(raw.reasons),
        materials: sentences(raw.materials),
        agency: { name: sentence(agency.name), why: sentence(agency.why) },
      }
    }
    case 'workstation':
      return { type: 'workstation', text, stations: list(raw.stations).map(readStation) }
    case 'appointment':
      return {
        type: 'appointment', text,
        number: sentence(raw.number),
        status: sentence(raw.status),
        station: sentence(raw.station) || sentence(fields(raw.station).name),
        when: sentence(raw.when),
        bring: sentences(raw.bring),
        note: sentence(raw.note),
      }
    case 'notice':
      return { type: 'notice', text, level: raw.level === 'danger' || raw.level === 'warning' ? raw.level : 'info' }
    default:
      return { type: 'text', text: text || t.unreadable }
  }
}
