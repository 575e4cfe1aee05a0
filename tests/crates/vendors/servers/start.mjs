// Starts an emulator of npm's `emulate` on a port of loopback, prints the port, and ends with its input.
//
// Usage: node start.mjs <service> <file of the session>

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createEmulator } from 'emulate'

const [service, file] = process.argv.slice(2)
const { seed, base_url: baseUrl } = JSON.parse(readFileSync(file, 'utf8'))

// It does not tell which port it takes if it has another URL.
const probe = createServer().listen(0, '127.0.0.1')
await once(probe, 'listening')
const { port } = probe.address()
await new Promise((resolve) => probe.close(resolve))

await createEmulator({ service, port, seed, baseUrl })
console.log(port)
process.stdin.resume().on('end', () => process.exit())
