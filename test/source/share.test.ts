import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { source, type Source } from '../../src/source/files.ts'
import { shareEqual } from '../../src/source/share.ts'

let cwd: string

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'tenon-share-'))
})

afterEach(() => rmSync(cwd, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
  writeFileSync(path.join(cwd, file), text)
}

function read(folder: string): Source {
  return source([folder], { cwd, stdin: () => Buffer.from('') })
}

function files(documents: Source['documents']): readonly string[] {
  return documents.map(({ file }) => file)
}

test('two folders share what is the same at the same path below them', () => {
  for (const folder of ['old', 'new']) {
    write(`${folder}/same.yaml`, 'tenon.dev/ same')
    write(`${folder}/differs.yaml`, `tenon.dev/ ${folder}`)
    write(`${folder}/${folder}/moved.yaml`, 'tenon.dev/ moved')
    write(`${folder}/tenon.yaml`, 'owner: git:acme\n')
    write(`${folder}/tenon.lock.yaml`, `# ${folder}\n`)
  }
  const { base, head } = shareEqual(read('old'), read('new'))
  const shared = base.documents.filter(document => head.documents.includes(document))
  expect(files(shared)).toEqual(['new/same.yaml'])
  expect(files(base.documents)).toEqual(['old/differs.yaml', 'old/old/moved.yaml', 'new/same.yaml'])
  expect(files(head.documents)).toEqual(['new/differs.yaml', 'new/new/moved.yaml', 'new/same.yaml'])
  expect(base.configs[0]).toBe(head.configs[0])
  expect(files([...base.lockFiles, ...head.lockFiles])).toEqual(['old/tenon.lock.yaml', 'new/tenon.lock.yaml'])
})

test('a shared document names the files of its own side', async () => {
  for (const folder of ['old', 'new']) {
    write(`${folder}/in/same.yaml`, 'tenon.dev/')
    write(`${folder}/in/api.yaml`, folder)
  }
  const { base, head } = shareEqual(read('old'), read('new'))
  expect(base.documents[0]).toBe(head.documents[0])
  for (const [side, folder] of [
    [base, 'old'],
    [head, 'new'],
  ] as const) {
    const beside = await side.readBeside(side.documents[0]!, 'api.yaml', 100)
    expect(beside).toMatchObject({ kind: 'read', file: `${folder}/in/api.yaml` })
    expect(beside.kind === 'read' && Buffer.from(beside.bytes).toString()).toBe(folder)
  }
})
