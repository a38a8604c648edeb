import { expect, test } from 'vitest'
import { ApiError, type Api } from '../../src/source/cluster/api.ts'
import { gather } from '../../src/source/cluster/gather.ts'

/** An API server that answers every question like this. */
function answering(status: number): Api {
  return {
    call: () => Promise.reject(new ApiError(status, 'refused')),
    open: () => Promise.reject(new Error('nothing is watched')),
    close: () => Promise.resolve(),
  }
}

test('a cluster without the definitions is told apart from one that refuses', async () => {
  await expect(gather(answering(404), {})).rejects.toMatchObject({ code: 'no-custom-resources' })
  await expect(gather(answering(403), {})).rejects.toMatchObject({ code: 'cluster-refused' })
})

test('with a namespace nothing is asked of global kinds', async () => {
  expect(await gather(answering(404), { kinds: ['clusterServiceDefinition'], namespace: 'acme' })).toEqual([])
})
