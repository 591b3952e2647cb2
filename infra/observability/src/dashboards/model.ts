import { dashboard } from './dashboard.ts'
import { lines, stat, table } from './panel.ts'
import { datasource, INSTALLATION, job, MODEL, model, namespace } from './variables.ts'

const BUCKET = 'copse_prediction_duration_seconds_bucket'

export const modelDashboard = dashboard({
  uid: 'copse-model',
  title: 'Copse: model',
  description: 'What is served, what it answers, how fast, and how good that was where labels came.',
  variables: [datasource, namespace, job, model],
  rows: [
    {
      title: 'Versions',
      panels: [
        table({
          title: 'Served',
          description: 'Versions that are served, and by how many instances; in a rollout two for some minutes.',
          unit: 'short',
          height: 6,
          alerts: ['CopseVersionsDiffer'],
          columns: ['job', 'model', 'version', 'sha256'],
          value: 'instances',
          queries: [{ expr: `count by (job, model, version, sha256) (copse_model_info{${MODEL}})` }],
        }),
        stat({
          title: 'Age',
          description: 'Since the oldest served version was registered.',
          unit: 's',
          height: 6,
          alerts: ['CopseModelOld'],
          queries: [
            {
              expr: `time() - min by (job, model) (copse_model_created_timestamp_seconds{${MODEL}})`,
              legend: '{{job}} {{model}}',
            },
          ],
        }),
        stat({
          title: 'From the cache',
          description: 'Instances that serve the last version they had kept, because the registry does not answer.',
          unit: 'short',
          height: 6,
          alerts: ['CopseModelStale'],
          thresholds: [[1, 'orange']],
          queries: [{ expr: `sum by (job, model) (copse_model_stale{${MODEL}})`, legend: '{{job}} {{model}}' }],
        }),
        stat({
          title: 'Rows predicted',
          description: 'A second; a request may hold many rows.',
          unit: 'ops',
          height: 6,
          queries: [{ expr: `sum by (job, model) (copse:predictions:rate5m{${MODEL}})`, legend: '{{job}} {{model}}' }],
        }),
        lines({
          title: 'Loads',
          description:
            'Loads of a model in the last quarter of an hour, by result. `failed` leaves the version before in place.',
          unit: 'short',
          min: 0,
          alerts: ['CopseReloadFailed'],
          queries: [
            {
              expr: `sum by (job, model, result) (increase(copse_model_reload_total{${MODEL}}[15m]))`,
              legend: '{{job}} {{model}} {{result}}',
            },
          ],
        }),
        lines({
          title: 'Rows by version',
          description: 'Rows predicted a second; a promotion shows as one line that takes over from another.',
          unit: 'ops',
          min: 0,
          queries: [
            {
              expr: `sum by (job, model, version) (rate(copse_predictions_total{${MODEL}}[$__rate_interval]))`,
              legend: '{{job}} {{model}} {{version}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Answers',
      panels: [
        lines({
          title: 'Classes answered',
          description: 'Share of the rows by class. A model of numbers has one line.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          stacked: true,
          queries: [
            {
              expr: `sum by (job, model, class) (rate(copse_predictions_total{${MODEL}}[$__rate_interval])) / on (job, model) group_left () (sum by (job, model) (rate(copse_predictions_total{${MODEL}}[$__rate_interval])) > 0)`,
              legend: '{{job}} {{model}} {{class}}',
            },
          ],
        }),
        lines({
          title: 'Rows by dialect',
          description: 'Rows predicted a second: `own` is /predict, `oip` /v2, `mlflow` /invocations.',
          unit: 'ops',
          min: 0,
          queries: [
            {
              expr: `sum by (job, dialect) (rate(copse_predictions_total{${MODEL}}[$__rate_interval]))`,
              legend: '{{job}} {{dialect}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Quality, where labels came',
      panels: [
        lines({
          title: 'Accuracy',
          description:
            'Of labelled predictions, of the rows held out at training, and as expected from confidences alone (that one needs no labels).',
          unit: 'percentunit',
          max: 1,
          alerts: ['CopseAccuracyLow'],
          queries: [
            {
              expr: `max by (job, model, version) (copse:feedback_accuracy:mean{${MODEL}})`,
              legend: 'labels {{job}} {{model}} {{version}}',
            },
            {
              expr: `max by (job, model, version) (copse:model_accuracy:max{${MODEL}})`,
              legend: 'held out {{job}} {{model}} {{version}}',
            },
            {
              expr: `avg by (job, model, version) (copse_feedback_estimated_accuracy{${MODEL}})`,
              legend: 'expected {{job}} {{model}} {{version}}',
            },
          ],
        }),
        lines({
          title: 'Log loss',
          description: 'Of labelled predictions, and of the rows held out at training.',
          unit: 'short',
          min: 0,
          alerts: ['CopseLossHigh'],
          queries: [
            {
              expr: `max by (job, model, version) (copse:feedback_log_loss:mean{${MODEL}})`,
              legend: 'labels {{job}} {{model}} {{version}}',
            },
            {
              expr: `max by (job, model, version) (copse_model_score{${MODEL}, score="log_loss"})`,
              legend: 'held out {{job}} {{model}} {{version}}',
            },
          ],
        }),
        lines({
          title: 'Recall by class',
          description:
            'Share of the labels of a class that were answered, the mean of the instances; the worst class is where to look.',
          unit: 'percentunit',
          min: 0,
          max: 1,
          width: 8,
          queries: [
            {
              expr: `avg by (job, model, class) (copse_feedback_recall{${MODEL}})`,
              legend: '{{job}} {{model}} {{class}}',
            },
          ],
        }),
        lines({
          title: 'Labels',
          description:
            'A second, by what became of them: `matched` ones count, `unmatched` are of other instances or forgotten.',
          unit: 'ops',
          min: 0,
          width: 8,
          queries: [
            {
              expr: `sum by (job, result) (rate(copse_feedback_total{${MODEL}}[$__rate_interval]))`,
              legend: '{{job}} {{result}}',
            },
          ],
        }),
        lines({
          title: 'Age of labels',
          description: 'Mean time from a prediction to its label. What the panels beside it say is that old.',
          unit: 's',
          min: 0,
          width: 8,
          queries: [
            { expr: `avg by (job, model) (copse_feedback_lag_seconds{${MODEL}})`, legend: '{{job}} {{model}}' },
          ],
        }),
      ],
    },
    {
      title: 'Prediction log',
      panels: [
        lines({
          title: 'Lines',
          description:
            'A second, written and lost, where a log is kept. Lost ones are gone; no request waits for the log.',
          unit: 'ops',
          min: 0,
          alerts: ['CopseLogDropped'],
          queries: [
            {
              expr: `sum by (job) (rate(copse_prediction_log_written_total{${INSTALLATION}}[$__rate_interval]))`,
              legend: 'written {{job}}',
            },
            {
              expr: `sum by (job) (rate(copse_prediction_log_dropped_total{${INSTALLATION}}[$__rate_interval]))`,
              legend: 'lost {{job}}',
            },
          ],
        }),
        lines({
          title: 'Bytes',
          description: 'Written a second; what a day of it takes is 86,400 times that.',
          unit: 'Bps',
          min: 0,
          queries: [
            {
              expr: `sum by (job) (rate(copse_prediction_log_bytes_total{${INSTALLATION}}[$__rate_interval]))`,
              legend: '{{job}}',
            },
          ],
        }),
      ],
    },
    {
      title: 'Time in the model',
      panels: [
        lines({
          title: 'Time in the model',
          description:
            'For the rows of one request; what is beyond it in the latency of a request is reading, writing and waiting.',
          unit: 's',
          min: 0,
          queries: [0.5, 0.99].map((q) => ({
            expr: `histogram_quantile(${q}, sum by (job, model, le) (rate(${BUCKET}{${MODEL}}[$__rate_interval])))`,
            legend: `p${q * 100} {{job}} {{model}}`,
          })),
        }),
        lines({
          title: 'Share of the process in the model',
          description:
            'Time in the model by wall time, by instance: beyond 0.7 of a core a larger model or more traffic needs more processes.',
          unit: 'percentunit',
          min: 0,
          queries: [
            {
              expr: `sum by (instance) (rate(copse_prediction_duration_seconds_sum{${MODEL}}[$__rate_interval]))`,
              legend: '{{instance}}',
            },
          ],
        }),
      ],
    },
  ],
})
