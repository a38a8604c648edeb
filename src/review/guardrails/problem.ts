/** Something that is wrong with a guardrail's own text; `path` leads from the top of the document. */
export interface GuardrailProblem {
  readonly path: readonly (string | number)[]
  readonly code: string
  readonly message: string
  readonly cure: string
}
