import { execFile } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

/** Files of a certificate; `cert` of a client holds its key too, as MLFLOW_TRACKING_CLIENT_CERT_PATH has it. */
export interface Certificate {
  key: string
  cert: string
}

/** Whether there is an openssl to make certificates with. */
export const hasOpenssl = await exec('openssl', ['version']).then(
  () => true,
  () => false,
)

/** Makes an authority nobody else trusts, and with it a certificate for a server on 127.0.0.1 and one for a client. */
export async function makeCertificates(directory: string) {
  const at = (name: string) => join(directory, name)
  const authority = ['-subj', '/CN=authority', '-keyout', at('authority.key'), '-out', at('authority.pem')]
  await exec('openssl', ['req', '-x509', ...KEY, '-days', '2', ...authority])
  await writeFile(at('names'), 'subjectAltName=IP:127.0.0.1')
  const sign = async (name: string): Promise<Certificate> => {
    const [key, request, cert] = [at(`${name}.key`), at(`${name}.csr`), at(`${name}.pem`)]
    await exec('openssl', ['req', ...KEY, '-subj', `/CN=${name}`, '-keyout', key, '-out', request])
    const by = ['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial', '-days', '2']
    await exec('openssl', ['x509', '-req', '-in', request, ...by, '-extfile', at('names'), '-out', cert])
    return { key, cert }
  }
  const server = await sign('server')
  const client = await sign('client')
  await appendFile(client.cert, await readFile(client.key))
  return { authority: at('authority.pem'), server, client }
}
