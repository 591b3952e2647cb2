import { VariableHide, type VariableModel, VariableRefresh } from '@grafana/schema'

/** The data source is the reader's choice; nothing names one by its uid. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' }

/** Where the sections of docs/runbook.md are: the chart and whoever publishes them put their address here. */
export const RUNBOOK = 'docs/runbook.md'

/** Matchers of the chosen installation. */
export const INSTALLATION = 'namespace=~"$namespace", job=~"$job"'

/** Matchers of the chosen installation and model. */
export const MODEL = `${INSTALLATION}, model=~"$model"`

/** Matcher of the inference routes of every dialect. */
export const INFERENCE = 'route=~"/predict|/invocations|/v2/models/.*infer"'

export const datasource: VariableModel = {
  type: 'datasource',
  name: 'datasource',
  label: 'Data source',
  query: 'prometheus',
  hide: VariableHide.dontHide,
  includeAll: false,
  multi: false,
}

export const namespace = choice('namespace', 'Namespace', 'label_values(copse_queue_depth, namespace)')
export const job = choice('job', 'Job', 'label_values(copse_queue_depth{namespace=~"$namespace"}, job)')
export const model = choice('model', 'Model', `label_values(copse_model_info{${INSTALLATION}}, model)`)
export const version = choice('version', 'Version', `label_values(copse_model_info{${MODEL}}, version)`)

/** One feature, not all: a histogram shows one. */
export const feature: VariableModel = {
  type: 'query',
  name: 'feature',
  label: 'Feature',
  datasource: DATASOURCE,
  query: { qryType: 1, query: `label_values(copse_feature_reference_ratio{${MODEL}}, feature)`, refId: 'feature' },
  refresh: VariableRefresh.onTimeRangeChanged,
  hide: VariableHide.dontHide,
  includeAll: false,
  multi: false,
}

/** A variable of a label's values, all of them at first. `.*` also matches series without the label. */
function choice(name: string, label: string, query: string): VariableModel {
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    query: { qryType: 1, query, refId: name },
    refresh: VariableRefresh.onTimeRangeChanged,
    hide: VariableHide.dontHide,
    includeAll: true,
    allValue: '.*',
    multi: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
  }
}
