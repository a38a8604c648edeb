/** Compiles `src` to `dist`, and copies beside it the data that the program reads at run time. */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const root = path.dirname(import.meta.dirname)
rmSync(path.join(root, 'dist'), { recursive: true, force: true })
const tsc = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
const { status } = spawnSync(process.execPath, [tsc, '-p', root], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)
for (const data of ['catalogue', 'store/migrations']) {
  const from = path.join(root, 'src', data)
  if (existsSync(from)) {
    cpSync(from, path.join(root, 'dist', data), { recursive: true, filter: file => !file.endsWith('.ts') })
  }
}
const main = path.join(root, 'dist/main.js')
if (existsSync(main)) chmodSync(main, 0o755)
