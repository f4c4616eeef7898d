// Starts a real server for the tests, on loopback only:
//   node bluesky.cjs plc PORT      the identity directory, in memory
//   node bluesky.cjs pds PORT      a Bluesky PDS, configured by PDS_* variables
// CMCTL_TEST_SERVERS is the folder that install.sh filled.
const path = require('node:path')
const { createRequire } = require('node:module')

const [name, port] = process.argv.slice(2)
const load = createRequire(path.join(process.env.CMCTL_TEST_SERVERS, name, 'package.json'))

async function app() {
  if (name === 'plc') {
    const { PlcServer, Database } = load('@did-plc/server')
    return PlcServer.create({ db: Database.mock() }).app
  }
  const { PDS, envToCfg, envToSecrets, readEnv } = load('@atproto/pds')
  const env = readEnv()
  const pds = await PDS.create(envToCfg(env), envToSecrets(env))
  await pds.ctx.sequencer.start()
  return pds.app
}

app().then((app) => app.listen(Number(port), '127.0.0.1'))
