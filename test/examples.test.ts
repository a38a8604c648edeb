import { cpSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXAMPLES, temporaryFolder, tenon, THROWAWAY_KEY } from './support/tenon.ts'

const env = { SOPS_AGE_KEY_FILE: THROWAWAY_KEY }

/** The example alone in a folder of its own. */
function copied(name: string): string {
  const cwd = temporaryFolder()
  cpSync(path.join(EXAMPLES, name), path.join(cwd, name), { recursive: true })
  return cwd
}

interface Story {
  readonly folder: string
  readonly documents: number
  readonly answers: readonly (readonly [person: string, operation: string, integration: string, effect: string])[]
}

const STORIES: readonly Story[] = [
  {
    folder: 'first',
    documents: 2,
    answers: [
      ['ana@acme.example', 'getIssue', 'default/jira-support', 'allow'],
      ['ana@acme.example', 'createIssue', 'default/jira-support', 'confirm'],
      ['ana@acme.example', 'deleteIssue', 'default/jira-support', 'deny'],
      ['zoe@acme.example', 'getIssue', 'default/jira-support', 'deny'],
    ],
  },
  {
    folder: 'acme',
    documents: 13,
    answers: [
      ['ana@acme.example', 'createRefund', 'acme/billing-support', 'confirm'],
      ['ANA@acme.example', 'GET /invoices/{id}', 'acme/billing-support', 'allow'],
      ['dmitri@partner.example', 'createRefund', 'acme/billing-support', 'deny'],
      ['dmitri@partner.example', 'listInvoices', 'acme/billing-support', 'allow'],
      ['ana@acme.example', 'listRates', 'acme/billing-support', 'deny'],
      ['erin@acme.example', 'replaceRates', 'acme/billing-finance', 'confirm'],
      ['erin@acme.example', 'createRefund', 'acme/billing-finance', 'allow'],
      ['ana@acme.example', 'createRefund', 'acme/billing-finance', 'deny'],
      ['gina@acme.example', 'createIssue', 'acme/jira-support', 'allow'],
      ['ben@acme.example', 'createIssue', 'acme/jira-support', 'confirm'],
      ['gina@acme.example', 'issues/create', 'acme/github-engineering', 'confirm'],
    ],
  },
  {
    folder: 'workspace',
    documents: 3,
    answers: [
      ['anybody@acme.example', 'drive.files.list', 'acme/google-drive', 'allow'],
      ['anybody@acme-labs.example', 'drive.files.create', 'acme/google-drive', 'confirm'],
      ['anybody@elsewhere.example', 'drive.files.list', 'acme/google-drive', 'deny'],
      ['anybody@acme-labs.example', 'GET /teams/{team-id}/channels', 'acme/microsoft-teams', 'deny'],
      ['ana@acme.example', 'gmail.users.messages.send', 'acme/gmail-ana', 'confirm'],
      ['ben@acme.example', 'gmail.users.messages.list', 'acme/gmail-ana', 'deny'],
    ],
  },
  {
    folder: 'data',
    documents: 6,
    answers: [
      ['iris@acme.example', 'query', 'acme/warehouse', 'allow'],
      ['iris@acme.example', 'execute', 'acme/warehouse', 'confirm'],
      ['ana@acme.example', 'query', 'acme/warehouse', 'deny'],
      ['jonas@acme.example', 'deliver', 'acme/shop-orders', 'allow'],
    ],
  },
  {
    folder: 'guardrails',
    documents: 6,
    answers: [
      ['ana@acme.example', 'createIssue', 'acme/jira-support', 'confirm'],
      ['kim@agency.example', 'getIssue', 'acme/jira-support', 'allow'],
      ['kim@agency.example', 'deleteIssue', 'acme/jira-support', 'deny'],
    ],
  },
]

describe.each(STORIES)('the example $folder', ({ folder, documents, answers }) => {
  test('is valid without any key, and without a warning', async () => {
    const { code, stdout, stderr } = await tenon(['validate', '-f', folder, '-o', 'json'], { cwd: copied(folder) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ valid: true, documents, diagnostics: [], errors: [] })
  })

  test('applies once, and a second apply writes nothing', async () => {
    const options = { cwd: copied(folder), env }
    const first = await tenon(['apply', '-f', folder, '--yes', '-o', 'json'], options)
    expect(JSON.parse(first.stdout)).toMatchObject({
      applied: true,
      revision: 1,
      summary: { create: documents, unchanged: 0 },
    })
    const second = await tenon(['apply', '-f', folder, '--yes', '-o', 'json'], options)
    expect(JSON.parse(second.stdout)).toMatchObject({
      applied: false,
      revision: 1,
      summary: { create: 0, unchanged: documents },
    })
    const plan = await tenon(['plan', '-f', folder, '--detailed-exitcode'], options)
    expect(plan.code).toBe(0)
  })

  test('answers, from the store as from the files', async () => {
    const options = { cwd: copied(folder), env }
    await tenon(['apply', '-f', folder, '--yes'], options)
    for (const [person, operation, integration, effect] of answers) {
      const question = ['can', person, operation, integration, '-o', 'json']
      const stored = await tenon(question, options)
      const fromFiles = await tenon([...question, '-f', folder], { cwd: options.cwd })
      expect({ question, answer: JSON.parse(stored.stdout).effect, code: stored.code }).toEqual({
        question,
        answer: effect,
        code: 0,
      })
      expect(JSON.parse(fromFiles.stdout).effect).toBe(effect)
    }
  })
})
