/**
 * Outlives the process that started it for a moment, and ends what that one left behind: it reads `+PID`, `-PID` and
 * `FOLDER` lines until its input ends, which happens however its parent dies.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'

const pids = new Set<number>()
const folders = new Set<string>()

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) pids.add(Number(line.slice(1)))
  else if (line.startsWith('-')) pids.delete(Number(line.slice(1)))
  else folders.add(line)
}
for (const pid of pids) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
