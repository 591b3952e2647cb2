"""Prints as JSON what the official Python client finds of every run of an experiment, artifact bytes as sha256."""

import hashlib
import json
import os
import shutil
import sys
import tempfile

import mlflow
from mlflow import MlflowClient

client = MlflowClient()
experiment = client.get_experiment_by_name(sys.argv[1])


def sums(directory):
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                yield os.path.relpath(path, directory), hashlib.sha256(file.read()).hexdigest()


def logged_models(run):
    models = {}
    for output in run.outputs.model_outputs if run.outputs else []:
        model = client.get_logged_model(output.model_id)
        with tempfile.TemporaryDirectory() as directory:
            files = dict(sums(mlflow.artifacts.download_artifacts(f"models:/{output.model_id}", dst_path=directory)))
        models[model.tags["copse.model_uuid"]] = {"status": model.status.name, "files": files}
    return models


def models_among_artifacts(run, root):
    """MLflow 2 has no logged models: takes the sources of the run's versions out of its artifacts."""
    models = {}
    for version in versions:
        if version.run_id != run.info.run_id:
            continue
        directory = os.path.join(root, os.path.relpath(version.source, run.info.artifact_uri))
        models[version.tags["copse.model_uuid"]] = {"status": "READY", "files": dict(sums(directory))}
        shutil.rmtree(directory)
    return models


def read(run):
    run_id = run.info.run_id
    with tempfile.TemporaryDirectory() as directory:
        found = client.list_artifacts(run_id)
        root = mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=directory) if found else directory
        models = logged_models(run) if hasattr(run, "outputs") else models_among_artifacts(run, root)
        artifacts = dict(sums(root))
    return {
        "uuid": run.data.tags["copse.run_uuid"],
        "status": run.info.status,
        "params": run.data.params,
        "metrics": {
            key: [[point.step, point.value, point.timestamp] for point in client.get_metric_history(run_id, key)]
            for key in run.data.metrics
        },
        "artifacts": artifacts,
        "models": models,
    }


versions = client.search_model_versions(f"name='{sys.argv[1]}'", max_results=1000)
runs, token = [], None
while experiment:
    page = client.search_runs([experiment.experiment_id], max_results=1000, page_token=token)
    runs += [read(run) for run in page]
    token = page.token
    if not token:
        break
registered = [{"version": version.version, "model": version.tags["copse.model_uuid"]} for version in versions]
print(json.dumps({"runs": runs, "versions": registered}))
