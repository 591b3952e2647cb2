"""Prints as JSON what the official Python client finds of a run and of a registered model."""

import json
import sys

import mlflow
from mlflow import MlflowClient

run_id, model, alias = sys.argv[1:]
client = MlflowClient()
run = client.get_run(run_id)
version = client.get_model_version_by_alias(model, alias)
downloaded = mlflow.artifacts.download_artifacts(f"models:/{model}@{alias}")


def files(path=None):
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            yield from files(entry.path)
        else:
            yield entry.path


print(
    json.dumps(
        {
            "status": run.info.status,
            "name": run.info.run_name,
            "experiment": client.get_experiment(run.info.experiment_id).name,
            "params": run.data.params,
            "tags": run.data.tags,
            "metrics": {
                key: [[point.step, str(point.value), point.timestamp] for point in client.get_metric_history(run_id, key)]
                for key in run.data.metrics
            },
            "datasets": [
                {**dict(given.dataset), "tags": {tag.key: tag.value for tag in given.tags}}
                for given in run.inputs.dataset_inputs
            ],
            "artifacts": sorted(files()),
            "models": [output.model_id for output in run.outputs.model_outputs],
            "version": {"version": version.version, "tags": version.tags, "run_id": version.run_id},
            "bundle": open(f"{downloaded}/forest.copse").read(),
            "logged_model": client.get_logged_model(run.outputs.model_outputs[0].model_id).status.name,
        }
    )
)
