import { expect, test } from 'vitest'
import { decodeConfig } from '../../src/decode/config.ts'
import { locate } from '../../src/decode/positions.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import { file, written } from './reading.ts'

function config(content: string | Uint8Array): { readonly config: unknown; readonly says: string } {
  const problems: Problem[] = []
  const decoded = decodeConfig(file('tenon.yaml', content), problem => {
    problems.push(problem)
  })
  return { config: decoded, says: written(locate(problems)) }
}

test('a configuration is read as it is written', () => {
  const text =
    'owner: git:acme/integrations\nnamespace: acme\nguards: {maxDeletes: 20, maxDeletePercent: 50}\ncredentials: {requireBinding: true}\n'
  expect(config(text)).toEqual({
    config: {
      owner: 'git:acme/integrations',
      namespace: 'acme',
      guards: { maxDeletes: 20, maxDeletePercent: 50 },
      credentials: { requireBinding: true },
    },
    says: '',
  })
})

test.each(['', '# nothing\n', '---\n', '{}\n'])('an empty one sets nothing: %j', text => {
  expect(config(text)).toEqual({ config: {}, says: '' })
})

test.each<[string, string | Uint8Array, string]>([
  [
    'a slip',
    'ownr: local\n',
    'tenon.yaml:1:1 error unknown-field: unknown field "ownr" in the document\n    Did you mean "owner"?',
  ],
  [
    'everything at once',
    'owner: "two words"\nnamespace: Acme\nguards: {maxDeletes: -1, maxDeletePercent: "30"}\n',
    [
      'tenon.yaml:1:8 error invalid-value: owner is "two words", which is not a valid owner\n    Use letters, digits and : . _ / @ + -, such as git:acme/integrations.',
      'tenon.yaml:2:12 error invalid-value: namespace is "Acme", which is not a valid name\n    Use lower-case letters, digits and "-"; begin and end with a letter or digit.',
      'tenon.yaml:3:22 error invalid-value: guards.maxDeletes must be from 0 to 1000000\n    Use a number in that range.',
      'tenon.yaml:3:44 error invalid-type: guards.maxDeletePercent must be a whole number, not text\n    Write a whole number, without quotes.',
    ].join('\n'),
  ],
  [
    'a second document',
    'owner: local\n---\nowner: other\n',
    'tenon.yaml:2:1 error config-documents: the file holds more than one document\n    Keep one.',
  ],
  [
    'a list',
    '- owner\n',
    'tenon.yaml:1:1 error invalid-type: the document must be a map, not a list\n    Write its fields below it, each on a line of its own.',
  ],
  [
    'YAML that is not allowed',
    'owner: &a local\nnamespace: no\n',
    [
      'tenon.yaml:1:8 error yaml-alias: an anchor (&name) is not allowed\n    Remove it; quote text that begins with &.',
      'tenon.yaml:2:12 error yaml-ambiguous: YAML readers disagree on this unquoted value: it is the word no, which older YAML readers take for false\n    Put it in quotes if it is text; write true or false if it is a switch.',
    ].join('\n'),
  ],
  [
    'no YAML',
    'owner: "local\n',
    'tenon.yaml:1:8 error yaml-syntax: a quote is not closed\n    Close it with the same quote.',
  ],
  [
    'no text',
    Buffer.from([0x61, 0xff]),
    'tenon.yaml:1:2 error file-not-utf8: the file is not UTF-8 from here on\n    Save the file as UTF-8.',
  ],
])('%s is refused, and nothing of it used', (_name, text, says) => {
  expect(config(text)).toEqual({ config: undefined, says })
})
