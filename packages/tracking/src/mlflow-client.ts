import { ModelVersionCalls } from './model-version-calls.ts'

/**
 * MLflow's API as Python's MlflowClient has it, in camelCase: each call is sent at once and nothing is kept on disk (for runs
 * that survive an outage use `openTracking`). Searches are async iterators that fetch page after page. Values are checked
 * before they are sent: throws TRACKING_ERR_VALUE, and what `Rest` throws.
 */
export class MlflowClient extends ModelVersionCalls {}
