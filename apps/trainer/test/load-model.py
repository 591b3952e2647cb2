"""Prints as JSON what MLflow's Python answers for rows of numbers: `load-model.py MODEL_URI ROWS.json`."""

import json
import sys

import mlflow
import mlflow.onnx
import numpy
import pandas
from mlflow.models import Model

uri, rows_file = sys.argv[1:]
with open(rows_file) as file:
    rows = numpy.array(json.load(file), dtype=numpy.float64)

loaded = mlflow.pyfunc.load_model(uri)
session_model = mlflow.onnx.load_model(uri)
directory = mlflow.artifacts.download_artifacts(uri)
model = Model.load(directory)
frame = pandas.DataFrame(rows, columns=[f"any {i}" for i in range(rows.shape[1])])
example = model.load_input_example(directory)


def plain(answer):
    return {name: numpy.asarray(values).tolist() for name, values in answer.items()}


print(
    json.dumps(
        {
            "array": plain(loaded.predict(rows)),
            "frame": plain(loaded.predict(frame)),
            "example": plain(loaded.predict(example)),
            "example_rows": example.tolist(),
            "graph": [node.op_type for node in session_model.graph.node],
            "flavors": sorted(model.flavors),
            "model_id": model.model_id,
            "model_uuid": model.model_uuid,
            "run_id": model.run_id,
            "artifact_path": model.artifact_path,
            "created": model.utc_time_created,
            "inputs": repr(model.signature.inputs),
            "outputs": repr(model.signature.outputs),
        }
    )
)
