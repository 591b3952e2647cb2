import { type Static, type TSchema, Type } from 'typebox'

const Time = Type.String({ format: 'date-time' })
const Share = Type.Number({ minimum: 0, maximum: 1 })
const Count = Type.Integer({ minimum: 0 })

function orNull<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

function oneOf<const T extends readonly string[]>(values: T, description?: string) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...(description && { description }) })
}

const Level = oneOf(['none', 'possible', 'drift'])

const WatchedModel = Type.Object(
  { name: Type.String(), version: Type.String(), sha256: Type.String({ description: 'Of forest.copse.' }) },
  { additionalProperties: false, title: 'WatchedModel' },
)

const BothShares = Type.Object(
  { reference: Share, current: Share },
  { additionalProperties: false, title: 'ReferenceAndCurrentShare' },
)

const DriftBin = Type.Object(
  {
    label: Type.String({ description: 'For people: `<= 5`, `5 to 5.8`, `> 5.8`, or the level.' }),
    from: orNull(Type.Number({ description: 'Lower end, exclusive; null = open, and of a category.' })),
    to: orNull(Type.Number({ description: 'Upper end, inclusive; null = open, and of a category.' })),
    level: orNull(
      Type.String({ description: 'Of a category; null in the bin of all levels without one of their own.' }),
    ),
    reference: Share,
    current: Share,
  },
  { additionalProperties: false, title: 'DriftBin' },
)

const DriftTest = Type.Object(
  {
    test: oneOf(['chi_squared', 'kolmogorov_smirnov', 'missing', 'out_of_range', 'unseen']),
    statistic: Type.Number({ description: 'Chi-squared, the KS distance, or the share of rows in the window.' }),
    p: Share,
    material: Type.Boolean({ description: 'Whether the difference, were it real, is of a size that matters.' }),
  },
  { additionalProperties: false, title: 'DriftTest' },
)

const DriftSeries = Type.Object(
  {
    name: Type.String({ description: "The feature's name, or the kind." }),
    kind: oneOf(['feature', 'prediction', 'confidence', 'disagreement', 'rare_leaves']),
    type: oneOf(['number', 'category']),
    state: Level,
    since: orNull(Time),
    evidence: oneOf(['none', 'possible', 'drift'], 'What the last check alone says; the state has hysteresis.'),
    q: Type.Number({ minimum: 0, maximum: 1, description: 'p adjusted for the number of series.' }),
    p: Type.Number({ minimum: 0, maximum: 1, description: 'Least p of the tests times their number.' }),
    tests: Type.Array(DriftTest),
    psi: Type.Number(),
    expected_psi: Type.Number({ description: 'PSI that chance alone gives on average.' }),
    jensen_shannon: Type.Number({ minimum: 0, maximum: 1, description: 'In bits.' }),
    rows: Type.Integer({ minimum: 0, description: 'Of the window with a value of a known level.' }),
    reference_rows: Count,
    missing: BothShares,
    out_of_range: orNull(BothShares),
    unseen: orNull(BothShares),
    min: orNull(Type.Number({ description: 'Least value of the reference; null of a category.' })),
    max: orNull(Type.Number()),
    bins: Type.Array(DriftBin, { description: 'Shares of the rows that have a value of a known level.' }),
  },
  { additionalProperties: false, title: 'DriftSeries' },
)
export type DriftSeries = Static<typeof DriftSeries>

/** `GET /monitoring/drift`. */
export const DriftAnswer = Type.Object(
  {
    model: WatchedModel,
    state: Type.Unsafe<Static<typeof Level>>({ ...Level, description: 'The greatest of all series.' }),
    enough: Type.Boolean({ description: 'Whether the window has the rows to conclude anything.' }),
    rows: Type.Integer({ minimum: 0, description: 'In the window at the last check.' }),
    minimum_rows: Count,
    reference_rows: Type.Integer({ minimum: 0, description: 'Of the training table.' }),
    window_seconds: Type.Number(),
    interval_seconds: Type.Number({ description: 'Between two checks.' }),
    checked_at: Time,
    thresholds: Type.Object(
      { possible: Share, drift: Share, psi: Type.Number(), share: Type.Number() },
      { additionalProperties: false, description: 'q up to which drift is possible or certain, and what matters.' },
    ),
    series: Type.Array(DriftSeries, { description: 'Features in their order, then the answers, then the signals.' }),
  },
  { additionalProperties: false, title: 'Drift' },
)
export type DriftAnswer = Static<typeof DriftAnswer>

const Recall = Type.Object(
  { class: Type.String(), labels: Count, recall: orNull(Share) },
  { additionalProperties: false, title: 'ClassRecall' },
)

const Point = Type.Object(
  {
    from: Time,
    answered: Count,
    labelled: Count,
    accuracy: orNull(Share),
    log_loss: orNull(Type.Number()),
    ece: orNull(Share),
    estimated_accuracy: orNull(Share),
    rmse: orNull(Type.Number()),
    mae: orNull(Type.Number()),
  },
  { additionalProperties: false, title: 'PerformancePoint' },
)

const FeedbackResults = Type.Object(
  { matched: Count, repeated: Count, conflict: Count, late: Count, unmatched: Count, invalid: Count },
  { additionalProperties: false, title: 'FeedbackResults' },
)

/** `GET /monitoring/performance`. What does not apply to the target, or no label tells yet, is null. */
export const PerformanceAnswer = Type.Object(
  {
    model: WatchedModel,
    type: oneOf(['class', 'number']),
    window_seconds: Type.Number(),
    sub_window_seconds: Type.Number(),
    answered: Type.Integer({ minimum: 0, description: 'Predictions in the window.' }),
    labelled: Type.Integer({ minimum: 0, description: 'Labels in the window that met their prediction.' }),
    unmatched: Type.Integer({ minimum: 0, description: 'Labels of predictions that are not known, ever.' }),
    results: Type.Unsafe<Static<typeof FeedbackResults>>({
      ...FeedbackResults,
      description: 'Labels by what became of them, since the version was first watched.',
    }),
    accuracy: orNull(Share),
    log_loss: orNull(Type.Number()),
    ece: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'Expected calibration error over 20 bins.' })),
    recall: Type.Array(Recall),
    rmse: orNull(Type.Number()),
    mae: orNull(Type.Number()),
    bias: orNull(Type.Number({ description: 'Mean of label less answer.' })),
    r2: orNull(Type.Number()),
    coverage: orNull(
      Type.Number({ minimum: 0, maximum: 1, description: 'Labels within the 5 % to 95 % of training residuals.' }),
    ),
    estimate: Type.Object(
      {
        accuracy: orNull(
          Type.Number({ minimum: 0, maximum: 1, description: 'Of all predictions, without labels (CBPE).' }),
        ),
        error: orNull(Type.Number({ description: 'By how much the estimate of the labelled predictions missed.' })),
      },
      { additionalProperties: false },
    ),
    lag: Type.Object(
      {
        mean_seconds: orNull(Type.Number()),
        bins: Type.Array(
          Type.Object({ to_seconds: orNull(Type.Number()), labels: Count }, { additionalProperties: false }),
        ),
      },
      { additionalProperties: false, description: 'From a prediction to its label.' },
    ),
    segments: Type.Array(
      Type.Object(
        {
          segment: Type.String(),
          value: Type.String({ description: 'One of the declared, or other.' }),
          class: Type.String({ description: 'Empty of a model of numbers.' }),
          predictions: Type.Integer({ minimum: 0, description: 'Rows that were answered this class.' }),
          confidence: orNull(Type.Number({ minimum: 0, maximum: 1, description: 'Their mean.' })),
          labels: Type.Integer({ minimum: 0, description: 'Labels of this class that met their prediction.' }),
          accuracy: orNull(
            Type.Number({ minimum: 0, maximum: 1, description: 'How many of these had been answered it.' }),
          ),
        },
        { additionalProperties: false, title: 'SegmentPerformance' },
      ),
      { description: 'By declared segment, value and class, since the version was first watched.' },
    ),
    history: Type.Array(Point, { description: 'By sub-window, oldest first.' }),
  },
  { additionalProperties: false, title: 'Performance' },
)
export type PerformanceAnswer = Static<typeof PerformanceAnswer>

const LatencySeconds = Type.Object(
  { p50: orNull(Type.Number()), p95: orNull(Type.Number()), p99: orNull(Type.Number()) },
  { additionalProperties: false, title: 'LatencySeconds' },
)

const LivePoint = Type.Object(
  {
    time: Time,
    requests_per_second: Type.Number(),
    errors_per_second: Type.Number(),
    predictions_per_second: Type.Number(),
    latency_seconds: LatencySeconds,
  },
  { additionalProperties: false, title: 'LivePoint' },
)

/** `GET /monitoring/live`. */
export const LiveAnswer = Type.Object(
  {
    processes: Type.Integer({ minimum: 1 }),
    step_seconds: Type.Number({ description: 'That each point tells of, from its time on.' }),
    now: Type.Unsafe<Static<typeof LivePoint>>({ ...LivePoint, description: 'The last whole seconds.' }),
    series: Type.Array(LivePoint, { description: 'The last five minutes, oldest first.' }),
  },
  { additionalProperties: false, title: 'LiveTraffic' },
)
export type LiveAnswer = Static<typeof LiveAnswer>
