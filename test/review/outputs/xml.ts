/** A small strict reader of XML: elements, attributes and text; it refuses whatever XML does not allow. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The only element of a document. */
export function readXml(source: string): Element {
  // oxlint-disable-next-line no-control-regex -- those that XML has no place for
  const invalid = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u.exec(source)
  if (invalid !== null) throw new Error(`character ${invalid[0].charCodeAt(0)} at ${invalid.index}`)
  const body = source.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  if (body === source) throw new Error('no declaration')
  const { element, rest } = readElement(body)
  if (rest.trim() !== '') throw new Error(`after the end: ${rest}`)
  return element
}

function readElement(source: string): { readonly element: Element; readonly rest: string } {
  const open = /^<([a-z-]+)((?: [a-z]+="[^"<]*")*)(\/?)>/.exec(source)
  if (open === null) throw new Error(`no element: ${source.slice(0, 60)}`)
  const [all, name, list, isEmpty] = open as unknown as [string, string, string, string]
  const attributes: Record<string, string> = {}
  for (const [, key, value] of list.matchAll(/ ([a-z]+)="([^"<]*)"/g)) attributes[key!] = unescaped(value!)
  const after = source.slice(all.length)
  if (isEmpty !== '') return { element: { name, attributes, children: [], text: '' }, rest: after }
  const { children, text, rest } = readContents(after)
  if (!rest.startsWith(`</${name}>`)) throw new Error(`${name} does not end: ${rest.slice(0, 60)}`)
  return { element: { name, attributes, children, text }, rest: rest.slice(name.length + 3) }
}

/** Everything up to the end of an element. */
function readContents(source: string): Pick<Element, 'children' | 'text'> & { readonly rest: string } {
  const children: Element[] = []
  let [text, rest] = ['', source]
  while (!rest.startsWith('</')) {
    if (rest.startsWith('<')) {
      const child = readElement(rest)
      children.push(child.element)
      rest = child.rest
      continue
    }
    const part = /^[^<]+/.exec(rest)?.[0] ?? ''
    if (part === '' || part.includes(']]>')) throw new Error(`text: ${rest.slice(0, 60)}`)
    text += unescaped(part)
    rest = rest.slice(part.length)
  }
  return { children, text, rest }
}

function unescaped(text: string): string {
  return text.replaceAll(/&([a-z]*;?)/g, (_match, entity: string) => {
    const character = ENTITIES[entity.replace(';', '')]
    if (character === undefined || !entity.endsWith(';')) throw new Error(`entity &${entity}`)
    return character
  })
}
