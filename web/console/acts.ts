/** What may be done with an application: which route, what it needs, and where it leads. */
import { t } from './messages'
import type { Application, Permission } from './shapes'

export type Input = 'reason' | 'items' | 'last_day' | 'provisional_ground' | 'termination_ground' | 'words' | 'received_on' | 'upheld' | 'lawyer'

export interface Act {
  key: string
  label: string
  route: string
  needs: Permission
  inputs: Input[]
  body?: Record<string, unknown>
  serious?: boolean
}

const LATER: [string, string][] = [
  ['in_progress', t.acts.inProgress], ['closed', t.acts.closed], ['archived', t.acts.archived],
  ['evaluated', t.acts.evaluated],
]

const BECOMES: Record<string, Omit<Act, 'key'>> = {
  accepted: { label: t.acts.accept, route: 'accept', needs: 'review', inputs: [], body: { before_papers: false } },
  accepted_first: { label: t.acts.acceptFirst, route: 'accept', needs: 'review', inputs: [], body: { before_papers: true } },
  supplement: { label: t.acts.supplement, route: 'supplement', needs: 'review', inputs: ['items', 'last_day'] },
  provisional: { label: t.acts.provisional, route: 'provisional-aid', needs: 'review', inputs: ['provisional_ground', 'reason'] },
  granted: { label: t.acts.grant, route: 'decision', needs: 'review', inputs: ['reason'], body: { granted: true } },
  refused: { label: t.acts.refuse, route: 'decision', needs: 'review', inputs: ['reason'], body: { granted: false }, serious: true },
  lapsed: { label: t.acts.lapse, route: 'lapse', needs: 'review', inputs: [], serious: true },
  withdrawn: { label: t.acts.withdraw, route: 'withdraw', needs: 'take_applications', inputs: ['reason'], serious: true },
  objected: { label: t.acts.object, route: 'objection', needs: 'take_applications', inputs: ['words', 'received_on'] },
  terminated: { label: t.acts.terminate, route: 'terminate', needs: 'review', inputs: ['termination_ground', 'reason'], serious: true },
  assigned: { label: t.acts.assigned, route: 'stage', needs: 'review', inputs: ['lawyer'], body: { status: 'assigned' } },
  ...Object.fromEntries(LATER.map(([status, label]) => [status, { label, route: 'stage', needs: 'review', inputs: [], body: { status } } as const])),
}
const SETTLE: Act = { key: 'settle', label: t.acts.settle, route: 'objection/decision', needs: 'settle_objections', inputs: ['upheld', 'reason'] }
const CONFIRM: Act = { key: 'confirm', label: t.acts.confirm, route: 'confirm', needs: 'review', inputs: [] }
const MARK: Act = { key: 'mark', label: t.acts.mark, route: 'difficult', needs: 'review', inputs: ['reason'], body: { difficult: true } }
const UNMARK: Act = { key: 'unmark', label: t.acts.unmark, route: 'difficult', needs: 'review', inputs: ['reason'], body: { difficult: false } }
const AGREEMENT: Act = { key: 'agreement', label: t.acts.agreement, route: 'agreement', needs: 'review', inputs: [] }

/** The acts possible now for a login that may do them. A draft is sent by reading it back, which is no button here. */
export function actsOn(application: Application, may: (permission: Permission) => boolean): Act[] {
  if (application.status === 'draft') return []
  const next = application.status === 'objected'
    ? [SETTLE]
    : Object.entries(BECOMES).filter(([status]) => application.can_become.includes(status)).map(([key, act]) => ({ key, ...act }))
  const beside = [
    ...(application.needs_confirmation ? [CONFIRM] : []),
    ...(['assigned', 'in_progress'].includes(application.status) && runs(application, 'agreement') ? [AGREEMENT] : []),
  ]
  const marks = application.can_become.length === 0 ? [] : [application.difficult ? UNMARK : MARK]
  const order = [...beside, ...next, ...marks].filter((act) => may(act.needs))
  return [...order.filter((act) => !act.serious), ...order.filter((act) => act.serious)]
}

function runs(application: Application, kind: string): boolean {
  return application.time_limits.some((limit) => limit.kind === kind && limit.met_at === null)
}
