import { expect, test } from 'vitest'
import { partsOf } from '../../src/decode/parts.ts'
import { readText, written } from './reading.ts'

const GROUP = 'apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: a}\nspec: {displayName: Ä}\n'

test.each<[string, Uint8Array, string]>([
  ['UTF-8', Buffer.from(GROUP), ''],
  ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${GROUP}`), ''],
  [
    'UTF-16, little end first',
    Buffer.from(`\uFEFF${GROUP}`, 'utf16le'),
    'x.yaml:1:1 error file-not-utf8: the file is encoded in UTF-16\n    Save the file as UTF-8.',
  ],
  [
    'UTF-16, big end first',
    Buffer.from(`\uFEFF${GROUP}`, 'utf16le').swap16(),
    'x.yaml:1:1 error file-not-utf8: the file is encoded in UTF-16\n    Save the file as UTF-8.',
  ],
  [
    'Latin-1',
    Buffer.from(GROUP, 'latin1'),
    'x.yaml:4:21 error file-not-utf8: the file is not UTF-8 from here on\n    Save the file as UTF-8.',
  ],
  [
    'cut off within a character',
    Buffer.from(`${GROUP}# é`).subarray(0, -1),
    'x.yaml:5:3 error file-not-utf8: the file is not UTF-8 from here on\n    Save the file as UTF-8.',
  ],
])('%s', (_name, bytes, says) => {
  expect(written(readText(bytes).diagnostics)).toBe(says)
})

test.each<[string, string, (string | number)[][]]>([
  ['one document', 'a: 1\n', [[0, 'a: 1\n']]],
  ['no line end', 'a: 1', [[0, 'a: 1']]],
  [
    'marked ones',
    '---\na: 1\n--- # b\nb: 2\n',
    [
      [0, '---\na: 1\n'],
      [2, '--- # b\nb: 2\n'],
    ],
  ],
  [
    'empty ones',
    '---\n---\n',
    [
      [0, '---\n'],
      [1, '---\n'],
    ],
  ],
  [
    'content on the line of the mark',
    '--- a\n---\tb\n',
    [
      [0, '--- a\n'],
      [1, '---\tb\n'],
    ],
  ],
  ['no marks at all', '---a\n ---\n....\n-- -\n', [[0, '---a\n ---\n....\n-- -\n']]],
  ['comments before the first', '# a\n\n---\nb: 1\n', [[2, '---\nb: 1\n']]],
  ['comments only', '# a\n  # b\n\n', []],
  ['an end', 'a: 1\n...\n# b\n', [[0, 'a: 1\n']]],
  [
    'a bare one behind an end',
    'a: 1\n... # b\nc: 2\n',
    [
      [0, 'a: 1\n'],
      [2, 'c: 2\n'],
    ],
  ],
  [
    'CRLF',
    '---\r\na: 1\r\n---\r\n',
    [
      [0, '---\r\na: 1\r\n'],
      [2, '---\r\n'],
    ],
  ],
  ['directives', '%YAML 1.2\n# b\n---\na: 1\n', [[0, '%YAML 1.2\n# b\n---\na: 1\n']]],
  [
    'text behind an end',
    'a: 1\n... b\nc: 2\n',
    [
      [0, 'a: 1\n'],
      [1, '... b\nc: 2\n'],
    ],
  ],
  [
    'marks within texts end the document all the same',
    'a: |\n---\nb: "\n...\n',
    [
      [0, 'a: |\n'],
      [1, '---\nb: "\n'],
    ],
  ],
])('%s', (_name, text, parts) => {
  expect(partsOf(text).map(part => [part.line, part.text])).toEqual(parts)
  expect(partsOf(text).map(({ index }) => index)).toEqual(parts.map((_part, index) => index))
})
