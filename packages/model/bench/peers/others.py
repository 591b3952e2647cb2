"""Trains a forest of ydf or LightGBM on a table of the bench; prints CPU seconds a 100 trees and the score on its last rows."""

import sys
import time

import numpy as np

peer, path, rows, features, train, classes, trees, seed = sys.argv[1:9]
rows, features, train, classes, trees, seed = map(int, (rows, features, train, classes, trees, seed))
x = np.fromfile(f'{path}.x', np.float32).reshape(rows, features)
y = np.fromfile(f'{path}.y', np.float64).astype(np.int64)
test = slice(int(rows * 0.8), rows)


def by_ydf():
    import ydf

    ydf.verbose(0)
    learner = ydf.RandomForestLearner(
        label='y',
        num_trees=trees,
        num_threads=1,
        random_seed=seed,
        max_depth=-1,
        min_examples=1,
        num_candidate_attributes=0,
        winner_take_all=False,
        compute_oob_performances=False,
    )
    data = lambda part: {**{f'x{f}': x[part, f] for f in range(features)}, 'y': y[part]}
    fitted, rest = data(slice(0, train)), data(test)
    start = time.process_time()
    model = learner.train(fitted)
    seconds = time.process_time() - start
    answers = model.predict(rest)
    return seconds, (answers > 0.5).astype(int) if classes == 2 else answers.argmax(1)


def by_lightgbm():
    import lightgbm

    model = lightgbm.LGBMClassifier(
        boosting_type='rf',
        n_estimators=trees,
        num_leaves=4096,
        min_child_samples=1,
        min_split_gain=0,
        subsample=0.632,
        subsample_freq=1,
        feature_fraction_bynode=int(features**0.5) / features,
        n_jobs=1,
        random_state=seed,
        verbose=-1,
    )
    start = time.process_time()
    model.fit(x[:train], y[:train])
    return time.process_time() - start, model.predict(x[test])


seconds, answers = {'ydf': by_ydf, 'lightgbm': by_lightgbm}[peer]()
print(seconds * 100 / trees, float(np.mean(answers == y[test])))
