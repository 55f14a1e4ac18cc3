// A whole network in one process: PLC directory, PDS, index (AppView), and the posts
// of the PDS's own stream in the words of Jetstream. It starts a Redis of its own, says
// its addresses in one line of JSON, and ends when its standard input does.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { TestNetwork } from '@atproto/dev-env'
import { Firehose } from '@atproto/sync'
import { IdResolver } from '@atproto/identity'
import { WebSocketServer } from 'ws'

const listen = (server) => new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server.address().port)))

const probe = createServer()
const redisPort = await listen(probe)
await new Promise((closed) => probe.close(closed))
const redis = spawn('redis-server', ['--port', redisPort, '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' })
process.env.REDIS_HOST = `127.0.0.1:${redisPort}`
process.on('exit', () => redis.kill())
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))

const network = await TestNetwork.create({ dbPostgresSchema: 'tocsin' })

const tape = []
const server = createServer()
const sockets = new WebSocketServer({ server, path: '/subscribe' })
sockets.on('connection', (socket, request) => {
  const cursor = Number(new URL(request.url, 'http://localhost').searchParams.get('cursor') ?? Infinity)
  for (const said of tape) if (said.time_us >= cursor) socket.send(JSON.stringify(said))
})
const firehose = new Firehose({
  service: network.pds.url.replace(/^http/, 'ws'),
  idResolver: new IdResolver({ plcUrl: network.plc.url }),
  unauthenticatedCommits: true,
  unauthenticatedHandles: true,
  filterCollections: ['app.bsky.feed.post'],
  onError: (err) => console.error(err),
  handleEvent: (e) => {
    if (!['create', 'update', 'delete'].includes(e.event)) return
    const said = {
      did: e.did, time_us: Date.now() * 1000, kind: 'commit',
      commit: {
        rev: e.rev, operation: e.event, collection: e.collection, rkey: e.rkey,
        record: e.record, cid: e.cid?.toString(),
      },
    }
    tape.push(said)
    for (const socket of sockets.clients) socket.send(JSON.stringify(said))
  },
})
firehose.start()
console.log(JSON.stringify({ pds: network.pds.url, jetstream: `ws://127.0.0.1:${await listen(server)}/subscribe` }))
