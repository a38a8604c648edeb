/** The Dockerfile, as far as it can be judged without building an image. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const { version, dependencies, devDependencies } = JSON.parse(read('package.json'))

/** Instructions with their arguments; lines that go on are one. */
const instructions = read('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter(line => line !== '')
const last = (name: string): string =>
  instructions.findLast(line => line.startsWith(`${name} `))!.slice(name.length + 1)

test('the image runs as a number that is not root, from a folder that it cannot write', () => {
  expect(last('USER')).toBe('65532:65532')
  expect(last('COPY')).toBe('--from=build --chown=0:0 /app /app')
})

test('the image starts the operator, with the options that the program gives itself elsewhere', () => {
  const [, options] = /^#!\/usr\/bin\/env -S node (.*)$/m.exec(read('src/main.ts'))!
  expect(JSON.parse(last('ENTRYPOINT'))).toEqual(['node', ...options!.split(' '), '/app/dist/main.js'])
  expect(JSON.parse(last('CMD'))).toEqual(['operator'])
})

test('every stage is of the same image, which an argument replaces, and of the Node.js that is tested', () => {
  const froms = instructions.filter(line => line.startsWith('FROM '))
  expect(froms).toEqual(['FROM ${IMAGE} AS build', 'FROM ${IMAGE}'])
  expect(instructions).toContain(`ARG IMAGE=node:${devDependencies.node.split('.')[0]}-slim`)
})

test('the image says what it is', () => {
  for (const label of ['title', 'description', 'licenses', 'version', 'revision', 'created']) {
    expect(last('LABEL')).toContain(`org.opencontainers.image.${label}=`)
  }
  expect(instructions).toContain(`ARG VERSION=${version}`)
})

test('what is copied exists and is let through, and nothing else is', () => {
  const allowed = read('.dockerignore').matchAll(/^!(.*)$/gm)
  const copied = instructions
    .filter(line => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap(line => line.split(' ').slice(1, -1))
  expect(new Set(copied)).toEqual(new Set([...allowed].map(([, name]) => name)))
  for (const name of copied) expect(existsSync(path.join(ROOT, name)), name).toBe(true)
  expect(read('.dockerignore')).toMatch(/^\*$/m)
})

test('nothing of development is left: the program needs its dependencies only', () => {
  const step = instructions.find(line => line.includes('npm prune'))!
  for (const part of ['--omit=dev', '*.d.ts', '*.map', 'rm -rf src']) expect(step).toContain(part)
  expect(Object.keys(dependencies).filter(name => name.startsWith('@types/'))).toEqual([])
})
