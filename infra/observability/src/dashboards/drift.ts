import { MappingType, type ValueMapping } from '@grafana/schema'
import { dashboard } from './dashboard.ts'
import { bars, lines, stat, states } from './panel.ts'
import { datasource, feature, job, MODEL, model, namespace, version } from './variables.ts'

const OF = `${MODEL}, version=~"$version"`

const STATE: ValueMapping = {
  type: MappingType.ValueToText,
  options: {
    0: { text: 'none', color: 'green', index: 0 },
    1: { text: 'possible', color: 'yellow', index: 1 },
    2: { text: 'drift', color: 'red', index: 2 },
  },
}

export const drift = dashboard({
  uid: 'copse-drift',
  title: 'Copse: drift',
  description:
    'Whether what is asked and answered is still distributed as in training, by instance and over the fleet.',
  variables: [datasource, namespace, job, model, version, feature],
  rows: [
    {
      title: 'States',
      panels: [
        states({
          title: 'State by feature',
          description: 'The worst of all instances. The states know sample sizes and have hysteresis: red is no noise.',
          unit: 'short',
          width: 24,
          alerts: ['CopseFeatureDrift'],
          mappings: [STATE],
          queries: [
            {
              expr: `max by (job, model, feature) (copse_drift_state{${OF}, kind="feature"})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
        states({
          title: 'State of answers and signals',
          description:
            'Classes or values answered, confidence, disagreement of the trees, rows in leaves that training rarely reached.',
          unit: 'short',
          alerts: ['CopsePredictionDrift'],
          mappings: [STATE],
          queries: [
            {
              expr: `max by (job, model, kind) (copse_drift_state{${OF}, kind!="feature"})`,
              legend: '{{job}} {{model}} {{kind}}',
            },
          ],
        }),
        lines({
          title: 'q of the last check',
          description:
            'p-value by feature, adjusted for the number of features; the least of all instances. Below 0.01 and large enough to matter is drift.',
          unit: 'short',
          min: 0,
          max: 1,
          queries: [
            {
              expr: `min by (job, model, feature) (copse_drift_q_value{${OF}})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Window of each instance',
      panels: [
        stat({
          title: 'Rows in the window',
          description: 'Least of all instances at the last check. Below 50 nothing is concluded.',
          unit: 'short',
          height: 8,
          queries: [{ expr: `min by (job, model) (copse_drift_rows{${OF}})`, legend: '{{job}} {{model}}' }],
        }),
        stat({
          title: 'Since the last check',
          description: 'Of the instance whose check is longest ago; the default interval is a minute.',
          unit: 's',
          height: 8,
          queries: [
            {
              expr: `time() - min by (job, model) (copse_drift_check_timestamp_seconds{${OF}})`,
              legend: '{{job}} {{model}}',
            },
          ],
        }),
        lines({
          title: 'Missing values',
          description: 'Share of the rows without a value, the greatest of all instances.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          width: 8,
          queries: [
            {
              expr: `max by (job, model, feature) (copse_drift_missing_ratio{${OF}, kind="feature"})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
        lines({
          title: 'Out of range or unseen',
          description: 'Share of the values out of the range of training, or of levels that training did not see.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          width: 8,
          queries: [
            {
              expr: `max by (job, model, feature) (copse_drift_outside_ratio{${OF}, kind="feature"})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Fleet',
      panels: [
        lines({
          title: 'PSI beyond chance',
          description:
            'Population stability index over the last hour of all instances together, less what chance gives once in a thousand. Above 0.1 it alerts.',
          unit: 'short',
          width: 8,
          alerts: ['CopseFleetDrift'],
          queries: [
            {
              expr: `max by (job, model, feature) (copse:feature_psi:1h{${OF}} - copse:feature_psi_by_chance:1h{${OF}})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
        lines({
          title: 'PSI',
          description:
            'Population stability index over the last hour of all instances together. Meaningless with few rows.',
          unit: 'short',
          min: 0,
          width: 8,
          queries: [
            {
              expr: `max by (job, model, feature) (copse:feature_psi:1h{${OF}})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
        lines({
          title: 'Jensen-Shannon divergence',
          description: 'In bits, 0 (the same) to 1 (nothing in common), over the last hour of all instances together.',
          unit: 'short',
          min: 0,
          width: 8,
          queries: [
            {
              expr: `max by (job, model, feature) (copse:feature_jensen_shannon:1h{${OF}})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
        bars({
          title: 'Bins of $feature, $model in $job',
          description:
            'Shares of training and of the last hour, all instances together; choose one job and one model. Bins are numbered in the order of the reference; /monitoring/drift has their edges.',
          unit: 'percentunit',
          min: 0,
          width: 16,
          alerts: ['CopseFleetDrift'],
          by: 'bin',
          queries: [
            { expr: `max by (bin) (copse:feature_expected:ratio{${OF}, feature=~"$feature"})`, legend: 'training' },
            { expr: `max by (bin) (copse:feature_share:ratio1h{${OF}, feature=~"$feature"})`, legend: 'last hour' },
          ],
        }),
        lines({
          title: 'Rows of the last hour',
          description: 'Of all instances together, by feature; rows with a missing value are not among them.',
          unit: 'short',
          min: 0,
          width: 8,
          queries: [
            {
              expr: `max by (job, model, feature) (copse:feature_rows:increase1h{${OF}})`,
              legend: '{{job}} {{model}} {{feature}}',
            },
          ],
        }),
      ],
    },
  ],
})
