"""MLflow's ScoringServerClient against the service."""

import json
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from report import check, equal, fails, same_answers, servers, tensor


def try_server(url, model):
    address = urlsplit(url)
    client = ScoringServerClient(address.hostname, address.port)
    name = model["name"]
    names = [feature["name"] for feature in model["features"]]
    frame = pd.DataFrame(model["named"], columns=names)

    def it(what, run):
        check(f"ScoringServerClient, {name}: {what}", run)

    def answered(response):
        found = response["predictions"]
        same_answers(model, lambda output: found[output])
        equal(len(response.get_predictions("dataframe")), len(model["rows"]))

    def csv():
        text = frame.to_csv(index=False)
        response = requests.post(f"{url}/invocations", data=text, headers={"Content-Type": "text/csv"}, timeout=60)
        equal(response.status_code, 200)
        same_answers(model, lambda output: response.json()["predictions"][output])

    it("ping", lambda: equal(client.ping(), None))
    it("waits until ready", lambda: equal(client.wait_server_ready(timeout=30), None))
    it("version", lambda: equal(len(client.get_version().split(".")), 3))
    it("a data frame", lambda: answered(client.invoke(frame)))
    it("its columns in another order", lambda: answered(client.invoke(frame[names[::-1]])))
    it("a data frame without names", lambda: answered(client.invoke(pd.DataFrame(tensor(model)))))
    it("an array", lambda: answered(client.invoke(tensor(model))))
    it("params", lambda: answered(client.invoke(tensor(model), params={"any": 1})))
    it("columns", lambda: answered(client.invoke(json.dumps({"inputs": {n: [row[f] for row in model["named"]] for f, n in enumerate(names)}}))))
    it("records", lambda: answered(client.invoke(json.dumps({"dataframe_records": [dict(zip(names, row)) for row in model["named"]]}))))
    it("CSV", csv)
    it("a wrong row is an error with its reason", lambda: fails(lambda: client.invoke(np.zeros((1, 99))), Exception, "INVALID_PARAMETER_VALUE"))


for server in servers():
    try_server(server["url"], server["model"])
