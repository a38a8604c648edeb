import { describe, expect, test } from 'vitest'
import { labelSelector } from '../../src/plan/selector.ts'

const labels = { team: 'support', tier: '1' }

describe('--selector', () => {
  test.each([
    ['team=support', true],
    ['team==support', true],
    ['team=sales', false],
    ['team!=sales', true],
    ['team!=support', false],
    ['missing!=x', true],
    ['missing=x', false],
    ['team', true],
    ['missing', false],
    ['!missing', true],
    ['!team', false],
    ['team=support,tier=1', true],
    ['team=support, tier=2', false],
    ['constructor', false],
  ])('%s: %s', (text, expected) => {
    const matches = labelSelector(text)
    expect(typeof matches === 'function' && matches(labels)).toBe(expected)
  })

  test.each(['', 'a b', 'team in (a, b)', '=x', 'team=a b'])('"%s" is refused with a sentence', text => {
    expect(labelSelector(text)).toMatch(/^cannot read/)
  })
})
