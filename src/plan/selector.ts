type Labels = Readonly<Record<string, string>>
type Matches = (labels: Labels) => boolean

const REQUIREMENT = /^(!?)([\w./-]+)$|^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/

/**
 * A label selector with the equality syntax of Kubernetes (`a=b,c!=d,e,!f`), as a function; or, for text that is none, a
 * sentence that says what is wrong.
 */
export function labelSelector(text: string): Matches | string {
  const requirements: Matches[] = []
  for (const part of text.split(',')) {
    const match = REQUIREMENT.exec(part.trim())
    if (match === null) return `cannot read "${part}": write key=value, key!=value, key or !key`
    requirements.push(requirement(match))
  }
  return labels => requirements.every(holds => holds(labels))
}

function requirement([, not, key, name, operator, value]: RegExpExecArray): Matches {
  if (key !== undefined) return labels => Object.hasOwn(labels, key) === (not === '')
  return labels => {
    const equal = Object.hasOwn(labels, name!) && labels[name!] === value
    return operator === '!=' ? !equal : equal
  }
}
