import { type Environment, VARIABLES } from './environment.ts'

const HIDDEN = '(hidden)'

/** The settings as lines of a `.env` file, with what is secret hidden. */
export function printConfig(env: Environment, all: Readonly<Record<string, string | undefined>>): string {
  const own = Object.keys(VARIABLES).map((name) => [name, env[name as keyof Environment]] as const)
  const others = Object.entries(all).filter(
    ([name, value]) => name.startsWith('MLFLOW_') && value && !(name in VARIABLES),
  )
  return [...own, ...others]
    .map(([name, value]) => (value === undefined ? `# ${name} is not set\n` : `${name}=${unsecret(name, value)}\n`))
    .join('')
}

function unsecret(name: string, value: string | number): string {
  if (/PASSWORD|TOKEN|SECRET|WEBHOOK/.test(name)) return HIDDEN
  return String(value).replace(/\/\/[^/@]*@/g, `//${HIDDEN}@`)
}
