"""Trains scikit-learn's forest on a table of the bench; prints CPU seconds a 100 trees, the score on its last rows, peak MB.

With 'again' it trains once more in the same process and prints those seconds too.
"""

import resource
import sys
import time

import numpy as np
from sklearn import ensemble

path, rows, features, train, classes, kind, trees, seed, *again = sys.argv[1:]
rows, features, train, classes, trees = int(rows), int(features), int(train), int(classes), int(trees)
x = np.fromfile(f'{path}.x', np.float32).reshape(rows, features)
y = np.fromfile(f'{path}.y', np.float64)
if classes:
    y = y.astype(np.int64)
name = ('ExtraTrees' if kind == 'random' else 'RandomForest') + ('Classifier' if classes else 'Regressor')


def fit():
    model = getattr(ensemble, name)(
        trees, n_jobs=1, max_features='sqrt' if classes else 1 / 3, random_state=int(seed)
    )
    start = time.process_time()
    model.fit(x[:train], y[:train])
    return model, (time.process_time() - start) * 100 / trees


model, seconds = fit()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
score = model.score(x[train:], y[train:])
print(seconds, score, peak, *[fit()[1] for _ in again])
