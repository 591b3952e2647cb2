"""The same work as track.ts with the official client, one log_batch a run: prints CPU and wall milliseconds as JSON."""

import json
import sys
import time

from mlflow import MlflowClient
from mlflow.entities import Metric, Param

runs, batches, artifact = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
client = MlflowClient()
experiment = client.get_experiment_by_name("bench").experiment_id


def now():
    return int(time.time() * 1000)


def one_run(_):
    run_id = client.create_run(experiment).info.run_id
    client.log_batch(
        run_id,
        params=[Param(f"p{index}", str(index)) for index in range(20)],
        metrics=[Metric(f"m{index}", index / 7, now(), 0) for index in range(20)],
    )
    client.log_artifact(run_id, artifact)
    client.set_terminated(run_id)


def measure(count, work):
    cpu, wall = time.process_time(), time.perf_counter()
    for index in range(count):
        work(index)
    return {
        "cpuMs": (time.process_time() - cpu) * 1000 / count,
        "wallMs": (time.perf_counter() - wall) * 1000 / count,
    }


one_run(0)
run = measure(runs, one_run)
run_id = client.create_run(experiment).info.run_id
batch = measure(
    batches,
    lambda index: client.log_batch(
        run_id, metrics=[Metric(f"loss{index}", 1 / (step + 1), now(), step) for step in range(1000)]
    ),
)
print(json.dumps({"run": run, "batch": batch}))
