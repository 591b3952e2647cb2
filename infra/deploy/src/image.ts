import type { Settings } from './settings.ts'
import type { Tools } from './tools.ts'

/** Builds the image of a checkout, tagged with its commit, and brings it to where nodes find it; answers its name. */
export async function buildImage(tools: Tools, settings: Settings, root: string): Promise<string> {
  const commit = (await tools.run('DEPLOY_ERR_IMAGE', 'git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root })).stdout
  const changed = (await tools.run('DEPLOY_ERR_IMAGE', 'git', ['status', '--porcelain'], { cwd: root })).stdout
  // Two builds of one commit are the same image; one of changed files is like no other.
  const tag = changed.trim() === '' ? commit.trim() : `${commit.trim()}-${Date.now().toString(36)}`
  const image = settings.image ?? `copse-api:${tag}`
  const args = [
    'build',
    ...(settings.buildSecret === undefined ? [] : ['--secret', settings.buildSecret]),
    '--file',
    'infra/docker/Dockerfile',
    '--target',
    'api',
    '--build-arg',
    `REVISION=${commit.trim()}`,
  ]
  await tools.run('DEPLOY_ERR_IMAGE', 'docker', [...args, '--tag', image, '.'], { cwd: root, timeout: 1800 })
  const [command = 'docker', ...words] = settings.load ?? ['docker', 'push']
  await tools.run('DEPLOY_ERR_IMAGE', command, [...words, image], { cwd: root, timeout: 1800 })
  return image
}
