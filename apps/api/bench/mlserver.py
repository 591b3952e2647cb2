"""Trains scikit-learn's forest of 100 trees on Iris and writes it, with MLServer's settings, into the folder given."""
import json
import pathlib
import sys

import joblib
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

folder, http, grpc, metrics = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:])
table = load_iris()
forest = RandomForestClassifier(n_estimators=100, random_state=7).fit(table.data, table.target)
folder.mkdir(parents=True, exist_ok=True)
joblib.dump(forest, folder / "model.joblib")
# One process, as the service is; with workers of its own it did not come up beside other work.
server = {
    "host": "127.0.0.1",
    "http_port": http,
    "grpc_port": grpc,
    "metrics_port": metrics,
    "parallel_workers": 0,
    "debug": False,
}
model = {
    "name": "iris",
    "implementation": "mlserver_sklearn.SKLearnModel",
    "parameters": {"uri": "./model.joblib"},
    "max_batch_size": 64,
    "max_batch_time": 0.005,
}
(folder / "settings.json").write_text(json.dumps(server))
(folder / "model-settings.json").write_text(json.dumps(model))
