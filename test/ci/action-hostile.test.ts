import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reviewed } from './action-run.ts'
import { commandsIn } from './runner.ts'
import { ciWorld, textOf, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

describe('a hostile change', () => {
  /** What a runner must not take for commands, in a message, in an excerpt, and in the name of a file. */
  const EVIL = [
    '##[set-output name=exit-code]0',
    '::add-mask::BLOCKED',
    '::stop-commands::x',
    '```\n## passed',
    '\u202E',
  ]

  test('gives the runner no command, whether it can be evaluated or not', async () => {
    world.project('12-the-same-key-for-a-new-host')
    world.git('project', 'checkout', '--quiet', 'feature')
    const groups = textOf(world.at('project/integrations/groups.yaml'))
    const members = EVIL.map(text => `    - ${JSON.stringify(`${text}@acme.example`)}\n`).join('')
    world.write('project/integrations/groups.yaml', groups.replace('  members:\n', `  members:\n${members}`))
    world.commit('project')
    const blocked = await reviewed(world, { base: 'main', head: 'feature', 'fail-on': 'any' })
    expect(commandsIn(blocked.stdout).map(({ name }) => name)).not.toContain('set-output')
    const names = new Set(commandsIn(blocked.stdout).map(({ name }) => name))
    expect([...names].filter(name => !['error', 'warning', 'notice'].includes(name))).toEqual([])
    world.write(
      'project/integrations/##[set-output name=exit-code]0.yaml',
      `apiVersion: tenon.dev/v1alpha1\nkind: "##[error]x"\nspec: 1\n`,
    )
    world.write(
      'project/integrations/bad.yaml',
      `apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: a}\nspec: {displayName: ${JSON.stringify(EVIL.join(' '))}, nonsense: "::set-output name=exit-code::0"}\n`,
    )
    world.commit('project')
    const failed = await reviewed(world, { base: 'main', head: 'feature' })
    expect(failed.code).toBe(3)
    expect(commandsIn(failed.stdout)).toMatchObject([{ name: 'error', properties: { title: 'Access review' } }])
    expect(failed.stdout).toContain('##[')
  })

  test('cannot end the block in which the comment quotes it', async () => {
    world.project('01-only-formatting')
    world.program('tenon', "#!/bin/sh\nprintf '\\n```\\n## Access review: passed\\n~~~\\n' >&2\nexit 3\n")
    const { comment } = await reviewed(world, { base: 'main', head: 'feature' })
    expect(comment.match(/^[`~]{3}.*$/gm)).toEqual(['```text', '~~~', '```'])
    expect(comment.endsWith('\n```\n')).toBe(true)
  })

  test('stays below the limits of a comment, however much there is to say', async () => {
    world.project('12-the-same-key-for-a-new-host')
    world.git('project', 'checkout', '--quiet', 'feature')
    for (const [name, document] of many(350)) world.write(`project/integrations/many/${name}.yaml`, document)
    world.commit('project')
    const { comment, code } = await reviewed(world, { base: 'main', head: 'feature' })
    expect(code).toBe(4)
    expect(Buffer.byteLength(comment)).toBeGreaterThan(50_000)
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(59_500)
    world.write(
      'project/integrations/many/groups.yaml',
      many(350)
        .map(([, text]) => text.replaceAll('allow', 'ållow'))
        .join('---\n'),
    )
    world.commit('project')
    const failed = await reviewed(world, { base: 'main', head: 'feature' })
    expect(failed.code).toBe(3)
    expect(Buffer.byteLength(failed.comment)).toBeLessThan(10_000)
    expect(Buffer.byteLength(failed.stdout)).toBeGreaterThan(100_000)
  })

  test('a summary is cut to what GitHub takes', async () => {
    world.project('01-only-formatting')
    world.program(
      'tenon',
      `#!/bin/sh\nfor flag; do case "$flag" in --out=*) out="\${flag#--out=}" ;; esac; done
head -c 3000000 /dev/zero | tr '\\0' x > "$out/review.md"; touch "$out/annotations.txt"\n`,
    )
    expect((await reviewed(world, { base: 'main', head: 'feature' })).summary).toHaveLength(1024 * 1024)
  })

  /** Integrations that have nothing in common. */
  function many(count: number): readonly (readonly [string, string])[] {
    return Array.from({ length: count }, (_item, index) => [
      `n${index}`,
      `apiVersion: tenon.dev/v1alpha1
kind: AccessGroup
metadata: {name: group-${index}}
spec: {displayName: Group ${index}, owner: a@acme.example, members: [person-${index}@acme.example, other-${index}@acme.example]}
---
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: integration-${index}}
spec:
  title: Integration ${index}
  description: Nothing.
  service: {kind: ServiceDefinition, name: billing}
  access: {level: group, groups: [group-${index}]}
  permissions: [{operations: [createRefund], effect: allow}]
  credentials: [billing-bot]
  acknowledgement: {terms: "2026-01", by: cto@acme.example, date: "2026-10-01"}
`,
    ])
  }
})
