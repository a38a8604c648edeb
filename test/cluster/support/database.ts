import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

export interface Database {
  readonly url: string
  drop(): Promise<void>
}

/** Creates an empty database on a PostgreSQL server. */
export async function createDatabase(server: string): Promise<Database> {
  const name = `cluster_${randomBytes(8).toString('hex')}`
  await execute(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: async () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
