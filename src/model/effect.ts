/** What a person may do with an operation, as a lattice: `deny < confirm < allow`. */
export const EFFECTS = ['deny', 'confirm', 'allow'] as const
export type Effect = (typeof EFFECTS)[number]

/** Who acts. */
export interface Principal {
  /** E-mail address or subject; addresses are lower-cased by `principal()`. */
  readonly id: string
  /** The domain of the address unless the identity provider says otherwise; `undefined` for a subject without one. */
  readonly company: string | undefined
  /** Groups that the identity provider reports for this person. */
  readonly idpGroups: ReadonlySet<string>
}

/** A principal as the decision function compares them: e-mail addresses lower-cased, the company exactly the domain. */
export function principal(id: string, idpGroups: Iterable<string> = []): Principal {
  const person = normalPerson(id)
  const parts = person.split('@')
  // Two signs or an empty name are no address, and give no company.
  const company = parts.length === 2 && parts[0] !== '' && parts[1] !== '' ? parts[1] : undefined
  return { id: person, company, idpGroups: new Set(idpGroups) }
}

/** E-mail addresses compare lower-cased; subjects compare exactly. */
export function normalPerson(id: string): string {
  return id.includes('@') ? id.toLowerCase() : id
}
