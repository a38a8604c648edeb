import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { identitiesIn, type Identities } from '../../src/operator/identities.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { identityOf, recipientOf, type Person } from '../sops/people.ts'
import { temporaryFolder } from '../support/tenon.ts'

async function sealedFor(person: Person): Promise<Uint8Array> {
  const lastModified = new Date('2026-11-01T00:00:00Z')
  return Buffer.from(
    await encryptYaml([{ data: { token: new Secret('t') } }], { recipients: [recipientOf(person)], lastModified }),
  )
}

/** The code of a refusal, or that it was opened. */
async function outcome(identities: Identities, person: Person): Promise<string> {
  const verdict = await identities.decrypt(await sealedFor(person), { format: 'yaml', file: 'x' })
  return verdict.kind === 'refused' ? verdict.problem.code : 'opened'
}

/** Files of identities, which a test rewrites as a rotated Secret is. */
function files(...texts: readonly string[]) {
  const folder = temporaryFolder()
  const names = texts.map((_, index) => path.join(folder, `${index}.agekey`))
  const rewrite = (index: number, text: string): void => writeFileSync(names[index]!, text)
  for (const [index, text] of texts.entries()) rewrite(index, text)
  return { names, rewrite, remove: (index: number) => rmSync(names[index]!) }
}

test('every identity of every file opens what is meant for it', async () => {
  const { names } = files(`# for now\n${identityOf('alice')}\n`, identityOf('bob'))
  const identities = identitiesIn(names)
  expect(await identities.refresh()).toBe(true)
  expect(await Promise.all((['alice', 'bob', 'carol'] as const).map(person => outcome(identities, person)))).toEqual([
    'opened',
    'opened',
    'sops-no-matching-identity',
  ])
})

test('without files there is nothing to open anything with', async () => {
  expect(await outcome(identitiesIn([]), 'alice')).toBe('sops-no-matching-identity')
})

test('a refresh says whether anything is new', async () => {
  const { names, rewrite } = files(identityOf('alice'))
  const identities = identitiesIn(names)
  await identities.refresh()
  expect(await identities.refresh()).toBe(false)
  rewrite(0, identityOf('bob'))
  expect(await identities.refresh()).toBe(true)
  expect(await outcome(identities, 'bob')).toBe('opened')
  expect(await outcome(identities, 'alice')).toBe('sops-no-matching-identity')
})

test('an identity that was added is found when it is needed, and still is news at the next refresh', async () => {
  const { names, rewrite } = files(identityOf('alice'))
  const identities = identitiesIn(names)
  await identities.refresh()
  rewrite(0, `${identityOf('alice')}\n${identityOf('bob')}\n`)
  expect(await outcome(identities, 'bob')).toBe('opened')
  expect(await identities.refresh()).toBe(true)
  expect(await identities.refresh()).toBe(false)
})

test.each([
  ['is not there', (broken: ReturnType<typeof files>) => broken.remove(1)],
  ['holds something else', (broken: ReturnType<typeof files>) => broken.rewrite(1, identityOf('bob').toLowerCase())],
  ['holds a part of one', (broken: ReturnType<typeof files>) => broken.rewrite(1, identityOf('bob').slice(0, -9))],
])('while a file %s everything waits, and goes on once it is right', async (_, breakIt) => {
  const mounted = files(identityOf('alice'), identityOf('bob'))
  const identities = identitiesIn(mounted.names)
  breakIt(mounted)
  await identities.refresh()
  const verdict = await identities.decrypt(await sealedFor('alice'), { format: 'yaml', file: 'x' })
  expect(verdict).toMatchObject({ kind: 'refused', problem: { code: 'identity-unreadable' } })
  const said = JSON.stringify(verdict)
  expect(said.toUpperCase()).not.toContain('AGE-SECRET-KEY')
  expect(said.toUpperCase()).not.toContain(identityOf('bob').slice(20, 40))
  mounted.rewrite(1, identityOf('bob'))
  expect(await outcome(identities, 'alice')).toBe('opened')
})
