import { describe, expect, test } from 'vitest'
import { WorldError } from '../../src/model/errors.ts'
import { decryptWith } from '../../src/sops/decrypt.ts'
import { findIdentities, type IdentitySources } from '../../src/sops/identities.ts'
import { baseText } from './tampers.ts'
import { identityOf } from './people.ts'

const [ALICE, BOB, QUANTA] = [identityOf('alice'), identityOf('bob'), identityOf('quanta')]

/** A world of files; one whose text is an error code cannot be read. */
function world(
  files: Record<string, string>,
  env: Record<string, string> = {},
  platform = 'linux',
): IdentitySources & { readonly asked: string[] } {
  const asked: string[] = []
  const readFile = async (path: string): Promise<string> => {
    asked.push(path)
    const text = files[path]
    const code = text === undefined ? 'ENOENT' : text
    if (text !== undefined && !/^E[A-Z]+$/.test(text)) return text
    throw Object.assign(new Error(`${code}: ${path}`), { code })
  }
  return { env, home: '/home/ada', platform, readFile, asked }
}

const DEFAULT = '/home/ada/.config/sops/age/keys.txt'

describe('identities are found where sops finds them', () => {
  test.each([
    ['in SOPS_AGE_KEY', world({}, { SOPS_AGE_KEY: ALICE }), [ALICE]],
    [
      'several in SOPS_AGE_KEY',
      world({}, { SOPS_AGE_KEY: `# mine\n${ALICE} ${BOB}\n\n${QUANTA}\n` }),
      [ALICE, BOB, QUANTA],
    ],
    [
      'in the file of SOPS_AGE_KEY_FILE',
      world({ '/k': `# created\r\n${ALICE}\r\n` }, { SOPS_AGE_KEY_FILE: '/k' }),
      [ALICE],
    ],
    ['in the default file', world({ [DEFAULT]: ALICE }), [ALICE]],
    [
      'below XDG_CONFIG_HOME',
      world({ '/x/sops/age/keys.txt': ALICE, [DEFAULT]: BOB }, { XDG_CONFIG_HOME: '/x' }),
      [ALICE],
    ],
    ['not below a relative XDG_CONFIG_HOME', world({ [DEFAULT]: BOB }, { XDG_CONFIG_HOME: 'x' }), [BOB]],
    ['on macOS', world({ '/home/ada/Library/Application Support/sops/age/keys.txt': ALICE }, {}, 'darwin'), [ALICE]],
    [
      'on macOS below XDG_CONFIG_HOME',
      world({ '/x/sops/age/keys.txt': BOB }, { XDG_CONFIG_HOME: '/x' }, 'darwin'),
      [BOB],
    ],
    [
      'everywhere together, each once',
      world({ '/k': `${BOB}\n${ALICE}`, [DEFAULT]: QUANTA }, { SOPS_AGE_KEY: ALICE, SOPS_AGE_KEY_FILE: '/k' }),
      [ALICE, BOB, QUANTA],
    ],
    ['nowhere', world({}), []],
    [
      'but no plugin’s, since it would run a program',
      world({ [DEFAULT]: `AGE-PLUGIN-YUBIKEY-1QQQ\n${ALICE}` }),
      [ALICE],
    ],
    ['with a default path that is no file at all', world({ [DEFAULT]: 'ENOTDIR' }), []],
    [
      'with an unreadable default file beside a named key',
      world({ [DEFAULT]: 'EACCES' }, { SOPS_AGE_KEY: ALICE }),
      [ALICE],
    ],
  ])('%s', async (_, sources, identities) => expect(await findIdentities(sources)).toEqual(identities))

  test('without a home folder there is no default file', async () => {
    const sources = { ...world({}), home: undefined }
    expect(await findIdentities(sources)).toEqual([])
    expect(sources.asked).toEqual([])
  })

  test('nothing else is read or run: no ~/.ssh, no SOPS_AGE_KEY_CMD', async () => {
    const sources = world(
      {},
      {
        SOPS_AGE_KEY_CMD: 'touch /tmp/canary',
        SOPS_AGE_SSH_PRIVATE_KEY_FILE: '/home/ada/.ssh/id_ed25519',
        SOPS_AGE_SSH_PRIVATE_KEY_CMD: 'touch /tmp/canary',
      },
    )
    expect(await findIdentities(sources)).toEqual([])
    expect(sources.asked).toEqual([DEFAULT])
  })
})

async function failure(sources: IdentitySources): Promise<WorldError> {
  const error: unknown = await findIdentities(sources).catch((thrown: unknown) => thrown)
  if (error instanceof WorldError) return error
  throw new Error('no WorldError')
}

describe('what goes wrong is the world’s fault, and says how to mend it', () => {
  test.each([
    [
      'a named file that is not there',
      world({}, { SOPS_AGE_KEY_FILE: '/k' }),
      'SOPS_AGE_KEY_FILE names /k, which cannot be read: there is no such file.',
    ],
    [
      'a named file that may not be read',
      world({ '/k': 'EACCES' }, { SOPS_AGE_KEY_FILE: '/k' }),
      'SOPS_AGE_KEY_FILE names /k, which cannot be read: permission is denied.',
    ],
    [
      'a named file that is a folder',
      world({ '/k': 'EISDIR' }, { SOPS_AGE_KEY_FILE: '/k' }),
      'SOPS_AGE_KEY_FILE names /k, which cannot be read: it is a folder.',
    ],
    [
      'a default file that may not be read',
      world({ [DEFAULT]: 'EACCES' }),
      `The key file ${DEFAULT} cannot be read: permission is denied.`,
    ],
  ])('%s', async (_, sources, message) => {
    const error = await failure(sources)
    expect(error).toMatchObject({ code: 'key-file-unreadable', message })
    expect(error.cure).toMatch(/SOPS_AGE_KEY_FILE/)
  })

  test.each([
    [
      'SOPS_AGE_KEY',
      world({}, { SOPS_AGE_KEY: `${ALICE}\n${BOB.slice(0, -1)}` }),
      'Line 2 of SOPS_AGE_KEY is no age identity.',
    ],
    [
      'the named file',
      world({ '/k': `# x\n${BOB.slice(0, -1)}` }, { SOPS_AGE_KEY_FILE: '/k' }),
      'Line 2 of the file that SOPS_AGE_KEY_FILE names (/k) is no age identity.',
    ],
    ['the default file', world({ [DEFAULT]: BOB.slice(1) }), `Line 1 of the key file ${DEFAULT} is no age identity.`],
  ])('a malformed identity in %s is named by its line and never shown', async (_, sources, message) => {
    const error = await failure(sources)
    expect(error).toMatchObject({ code: 'identity-malformed', message })
    expect(`${String(error.stack)}${String(error.cause)}${error.cure}`).not.toContain(BOB.slice(20, 40))
  })
})

describe('decryption for resolve', () => {
  const bytes = Buffer.from(baseText('base', 'yaml'))
  const options = { format: 'yaml', file: 'base.yaml' } as const

  test('looks for keys when the first file needs one, and once', async () => {
    const sources = world({ [DEFAULT]: ALICE })
    const decrypt = decryptWith(sources)
    expect(sources.asked).toEqual([])
    const verdicts = await Promise.all([decrypt(bytes, options), decrypt(bytes, options)])
    expect(verdicts.map(({ kind }) => kind)).toEqual(['decrypted', 'decrypted'])
    expect(sources.asked).toEqual([DEFAULT])
  })

  test('throws for a key file that cannot be read, rather than saying that no identity fits', async () => {
    const decrypt = decryptWith(world({}, { SOPS_AGE_KEY_FILE: '/k' }))
    await expect(decrypt(bytes, options)).rejects.toMatchObject({ code: 'key-file-unreadable' })
  })
})
