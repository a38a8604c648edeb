import { afterAll, beforeAll, expect, test } from 'vitest'
import { tenonProcess } from '../support/tenon.ts'
import { appliedCompany, end, expectSealed, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

test.each([
  { args: ['can', 'ana@acme.example', 'createRefund', 'acme/billing-support', '-q'], code: 0, stdout: /^confirm\n$/ },
  { args: ['who-can', 'createRefund', 'acme/billing-support'], code: 0, stdout: /2 confirm, 2 deny/ },
  { args: ['services', 'show', 'nothing'], code: 3, stdout: /^$/ },
  { args: ['usage', 'consumer/acme/nightly'], code: 0, stdout: /^Nothing uses consumer\/acme\/nightly\.\n$/ },
  { args: ['duplicate', 'integration/acme/wiki', '--name', 'wiki'], code: 3, stdout: /^$/ },
  { args: ['export', '--kind', 'consumer'], code: 0, stdout: /kind: Consumer/ },
  { args: ['audit', 'verify'], code: 0, stdout: /^Intact: 12 records/ },
  { args: ['audit', 'verify', '--store', 'elsewhere'], code: 1, stdout: /^$/ },
])('as a process: $args exits $code', async ({ args, code, stdout }) => {
  const ran = await tenonProcess(args, acme)
  expect(ran.stdout).toMatch(stdout)
  expect(ran.code).toBe(code)
  expectSealed(ran)
})
