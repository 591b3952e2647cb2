/** `DEPLOY_ERR_USAGE` before anything was done; the rest name the step that failed. */
export type DeployErrorCode =
  | 'DEPLOY_ERR_USAGE'
  | 'DEPLOY_ERR_TOOL'
  | 'DEPLOY_ERR_CLUSTER'
  | 'DEPLOY_ERR_IMAGE'
  | 'DEPLOY_ERR_RENDER'
  | 'DEPLOY_ERR_RELEASE'
  | 'DEPLOY_ERR_ROLLOUT'
  | 'DEPLOY_ERR_ENDPOINT'
  | 'DEPLOY_ERR_ROLLBACK'
  | 'DEPLOY_ERR_INTERRUPTED'

/** Why a deployment ended, in one sentence. `cause` keeps what the tool said. */
export class DeployError extends Error {
  readonly code: DeployErrorCode

  constructor(code: DeployErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The process's exit status: 2 for usage, 3 when the cluster is not in a state that was there before, else 1. */
export function exitStatus(error: unknown): number {
  if (!(error instanceof DeployError)) return 1
  if (error.code === 'DEPLOY_ERR_USAGE') return 2
  if (error.code === 'DEPLOY_ERR_ROLLBACK') return 3
  return error.code === 'DEPLOY_ERR_INTERRUPTED' ? 130 : 1
}
