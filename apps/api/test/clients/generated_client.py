"""A plain client that openapi-python-client generates from /openapi.json."""

import importlib
import os
import subprocess
import sys
import tempfile

from report import check, equal, servers


def generate(url, directory, name):
    """Writes the package `name`; the generator leaves out what it cannot read, and says so."""
    tool = os.path.join(os.path.dirname(sys.executable), "openapi-python-client")
    environment = {**os.environ, "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"}
    command = [tool, "generate", "--url", f"{url}/openapi.json", "--meta", "none", "--overwrite"]
    target = os.path.join(directory, name)
    done = subprocess.run([*command, "--output-path", target], env=environment, capture_output=True, text=True, check=False)
    told = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("WARNING", "Unable", "Unsupported", "Failed"))]
    # One route takes a second content type that the generator does not know.
    equal(told, ["WARNING parsing POST /invocations within m_lflow_scoring.", "Unsupported content type text/csv"])


def try_server(url, model, directory):
    name = model["name"]
    package = f"client_{name}"

    def it(what, run):
        check(f"generated client, {name}: {what}", run)

    it("is generated", lambda: generate(url, directory, package))
    load = lambda part: importlib.import_module(f"{package}.{part}")
    client = load("client").Client(base_url=url, raise_on_unexpected_status=True)
    features = [feature["name"] for feature in model["features"]]

    def predict():
        row = load("models.named_features").NamedFeatures.from_dict(
            {key: value for key, value in zip(features, model["named"][0]) if value is not None}
        )
        body = load("models.predict_request_type_0").PredictRequestType0(features=row)
        answer = load("api.predictions.predict").sync(client=client, body=body)
        if "values" in model:
            equal(answer.prediction.value, model["values"][0])
        else:
            equal(answer.prediction.class_name, model["labels"][0])
            equal(list(answer.probabilities.to_dict().values()), model["probabilities"][0])

    def infer():
        body = load("models.infer_request").InferRequest.from_dict(
            {"id": "7", "inputs": [{"name": "features", "shape": [1, len(features)], "datatype": "FP64", "data": model["rows"][0]}]}
        )
        answer = load("api.open_inference_protocol.oip_infer").sync(name, client=client, body=body)
        equal(answer.id, "7")
        expected = [model["values"][0]] if "values" in model else model["probabilities"][0]
        equal(answer.outputs[-1].data, expected)

    def invoke():
        body = load("models.invocation_type_2").InvocationType2.from_dict({"instances": [model["rows"][0]]})
        answer = load("api.m_lflow_scoring.invocations").sync(client=client, body=body)
        found = answer.predictions.to_dict()
        if "values" in model:
            equal(found, {"value": [model["values"][0]]})
        else:
            equal(found["label"], [model["labels"][0]])

    def error():
        body = load("models.predict_request_type_0").PredictRequestType0(features=[])
        answer = load("api.predictions.predict").sync_detailed(client=client, body=body)
        equal((answer.status_code, answer.parsed.code), (400, "API_ERR_LENGTH"))

    it("predict", predict)
    it("infer", infer)
    it("invocations", invoke)
    it("an error is read as documented", error)
    it("health", lambda: equal(load("api.health.health").sync(client=client).model.name, name))
    it("model info", lambda: equal(load("api.model.model_info").sync(client=client).name, name))
    it("statistics", lambda: equal(load("api.open_inference_protocol.oip_statistics").sync(client=client).model_stats[0].name, name))


with tempfile.TemporaryDirectory() as directory:
    sys.path.insert(0, directory)
    for server in servers():
        try_server(server["url"], server["model"], directory)
