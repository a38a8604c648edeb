/**
 * How long it takes to verify and decrypt many SOPS files, cold: `node test/bench/sops.ts [count]`. Every file holds one
 * credential, encrypted for two recipients of whom we are the second. The time is that of a new process from its start to
 * its end, so it includes loading the program; making the files is not part of it.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Secret } from '../../src/model/secret.ts'
import { readSops } from '../../src/sops/read.ts'
import { encryptYaml, type WritableMap } from '../../src/sops/write.ts'

const KEY = 'key.txt'

/** Makes `count` files and reads them all in a process of its own; the wall-clock time of that process. */
export async function benchSops(count: number): Promise<{ ms: number }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenon-bench-sops-'))
  try {
    await makeFiles(folder, count)
    const start = performance.now()
    const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, '--read', folder])
    const ms = performance.now() - start
    if (status !== 0 || Number(String(stdout)) !== count) throw new Error(`not all files were read: ${String(stderr)}`)
    return { ms }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function makeFiles(folder: string, count: number): Promise<void> {
  const [other, ours] = [await generateX25519Identity(), await generateX25519Identity()]
  const recipients = [await identityToRecipient(other), await identityToRecipient(ours)]
  writeFileSync(path.join(folder, KEY), ours)
  for (let index = 0; index < count; index++) {
    const text = await encryptYaml([credential(`bot-${index}`)], { recipients, lastModified: new Date(0) })
    writeFileSync(path.join(folder, `bot-${index}.yaml`), text)
  }
}

function credential(name: string): WritableMap {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'Credential',
    metadata: { name, namespace: 'acme' },
    spec: {
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      type: 'basic',
      label: `The robot ${name}`,
      data: {
        for: { name, namespace: 'acme', integrations: ['jira-support'], hosts: ['acme.example.net'], revision: 1 },
        username: new Secret(name),
        password: new Secret(`password of ${name}`),
      },
    },
  }
}

async function readAll(folder: string): Promise<number> {
  const identities = [readFileSync(path.join(folder, KEY), 'utf8')]
  let read = 0
  for (const file of readdirSync(folder).filter(name => name.endsWith('.yaml'))) {
    const result = await readSops(readFileSync(path.join(folder, file)), { format: 'yaml', file, identities })
    if (result.kind === 'decrypted') read++
  }
  return read
}

if (import.meta.main) {
  const [first, folder] = process.argv.slice(2)
  if (first === '--read' && folder !== undefined) {
    process.stdout.write(String(await readAll(folder)))
  } else {
    const count = Number(first ?? 1000)
    const { ms } = await benchSops(count)
    console.log(`${count} SOPS files verified and decrypted, cold: ${Math.round(ms)} ms`)
  }
}
