import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decryptSops } from 'sops-age'
import { expect, test, vi } from 'vitest'
import { readSops } from '../../src/sops/read.ts'
import { hashed } from './shown.ts'
import { TAMPERS, baseText, tamper } from './tampers.ts'
import { identityOf } from './people.ts'

/*
 * sops-age is a second reader, for values only: it never checks the MAC. These tests pin that, so that a version which
 * verifies is noticed. It gets text, an explicit key and the file type, since it looks for keys in ~/.ssh by itself.
 */

vi.stubEnv('HOME', mkdtempSync(path.join(tmpdir(), 'tenon-home-')))

const secretKey = identityOf('alice')

async function opens(text: string): Promise<boolean> {
  return decryptSops(text, { secretKey, fileType: 'yaml' }).then(
    () => true,
    () => false,
  )
}

test('sops-age takes 22 of the 25 tampered files, of which sops refuses 15', async () => {
  const taken = await Promise.all(TAMPERS.map(change => opens(tamper(change, 'yaml'))))
  expect(taken).toEqual(TAMPERS.map(change => change.sopsAgeRefuses !== true))
  expect(taken.filter(Boolean).length).toBe(22)
  expect(TAMPERS.filter((change, index) => taken[index] === true && change.refused !== undefined).length).toBe(15)
})

test.each(['yaml', 'json'] as const)('on a sound %s file it reads the same values as we do', async fileType => {
  const text = baseText('base', fileType)
  const ours = await readSops(Buffer.from(text), { format: fileType, file: 'base', identities: [secretKey] })
  if (ours.kind === 'refused') throw new Error(ours.problem.message)
  expect(hashed(await decryptSops(text, { secretKey, fileType }))).toEqual(hashed(ours.documents[0]))
})
