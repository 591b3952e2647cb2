"""NVIDIA's tritonclient.http against the service."""

import numpy as np
import tritonclient.http as triton
from report import check, equal, fails, same_answers, servers, tensor
from tritonclient.utils import InferenceServerException


def whole(model, dtype="FP64", binary=True):
    values = tensor(model).astype({"FP64": np.float64, "FP32": np.float32}[dtype])
    return [triton.InferInput("features", list(values.shape), dtype).set_data_from_numpy(values, binary_data=binary)]


def columns(model, binary=True):
    """One tensor a feature; JSON has no NaN, so a column with one is binary in any case."""
    inputs = []
    for f, feature in enumerate(model["features"]):
        column = [[row[f]] for row in model["named"]]
        if feature["type"] == "category":
            values, dtype = np.array(column, dtype=np.object_), "BYTES"
        else:
            values, dtype = np.array(column, dtype=np.float32), "FP32"
        gaps = dtype == "FP32" and np.isnan(values).any()
        tensor_input = triton.InferInput(feature["name"], list(values.shape), dtype)
        inputs.append(tensor_input.set_data_from_numpy(values, binary_data=binary or bool(gaps)))
    return inputs


def without_missing_texts(model):
    keep = [i for i, row in enumerate(model["named"]) if None not in row]
    part = lambda key: {key: [model[key][i] for i in keep]} if key in model else {}
    return {**model, **part("rows"), **part("named"), **part("labels"), **part("probabilities"), **part("values")}


def try_server(url, model):
    client = triton.InferenceServerClient(url.removeprefix("http://"))
    name = model["name"]
    metadata = client.get_model_metadata(name)
    version = metadata["versions"][0]
    category = any(feature["type"] == "category" for feature in model["features"])
    outputs = ["value"] if "values" in model else ["label", "probabilities"]

    def answered(result, expected=model):
        same_answers(expected, result.as_numpy)

    def it(what, run):
        check(f"tritonclient, {name}: {what}", run)

    it("live", lambda: equal(client.is_server_live(), True))
    it("ready", lambda: equal(client.is_server_ready(), True))
    it("model ready", lambda: equal(client.is_model_ready(name), True))
    it("version ready", lambda: equal(client.is_model_ready(name, version), True))
    it("another model is not", lambda: equal(client.is_model_ready("another"), False))
    it("another version is not", lambda: equal(client.is_model_ready(name, "none"), False))
    it("server metadata", lambda: equal("binary_tensor_data" in client.get_server_metadata()["extensions"], True))
    it("model metadata", lambda: equal([o["name"] for o in metadata["outputs"]], outputs))
    it("config", lambda: equal(client.get_model_config(name)["name"], name))
    it("config of a version", lambda: equal(client.get_model_config(name, version)["name"], name))
    it("index", lambda: equal({"READY"}, {entry["state"] for entry in client.get_model_repository_index()}))

    it("FP64, binary both ways", lambda: answered(client.infer(name, whole(model))))
    it("FP32", lambda: answered(client.infer(name, whole(model, "FP32"))))
    it("by version", lambda: answered(client.infer(name, whole(model), model_version=version)))
    it("gzip", lambda: answered(client.infer(name, whole(model), request_compression_algorithm="gzip")))
    it("deflate", lambda: answered(client.infer(name, whole(model), request_compression_algorithm="deflate")))
    it("a compressed answer may be asked for", lambda: answered(client.infer(name, whole(model), response_compression_algorithm="gzip")))
    it("asynchronous", lambda: answered(client.async_infer(name, whole(model)).get_result()))
    it("JSON outputs", lambda: answered(client.infer(name, whole(model), outputs=[triton.InferRequestedOutput(o, binary_data=False) for o in outputs])))
    it("one output", lambda: equal([o["name"] for o in client.infer(name, whole(model), outputs=[triton.InferRequestedOutput(outputs[-1])]).get_response()["outputs"]], outputs[-1:]))
    it("the id comes back", lambda: equal(client.infer(name, whole(model), request_id="x" * 5000).get_response()["id"], "x" * 5000))
    full = without_missing_texts(model)
    it("a tensor a feature", lambda: answered(client.infer(name, columns(full)), full))
    if not category:
        it("JSON inputs", lambda: answered(client.infer(name, whole(model, binary=False))))
        whole_numbers = np.ones((2, len(model["features"])))
        as_ints = lambda: client.infer(name, [triton.InferInput("features", list(whole_numbers.shape), "INT64").set_data_from_numpy(whole_numbers.astype(np.int64))])
        as_floats = client.infer(name, [triton.InferInput("features", list(whole_numbers.shape), "FP64").set_data_from_numpy(whole_numbers)])
        it("INT64", lambda: equal(as_ints().as_numpy(outputs[-1]).tolist(), as_floats.as_numpy(outputs[-1]).tolist()))
    else:
        it("JSON inputs", lambda: answered(client.infer(name, columns(full, binary=False)), full))

    narrow = lambda: client.infer(name, [triton.InferInput("features", [1, 1], "FP32").set_data_from_numpy(np.zeros((1, 1), dtype=np.float32))])
    it("a wrong shape is an InferenceServerException", lambda: fails(narrow, InferenceServerException, 'Input "features" must have the shape'))
    unknown = lambda: client.infer(name, whole(model), outputs=[triton.InferRequestedOutput("logits")])
    it("an unknown output is one", lambda: fails(unknown, InferenceServerException, "must have as its name"))
    it("an unknown model is one", lambda: fails(lambda: client.infer("another", whole(model)), InferenceServerException, "no model of that name"))
    stats = lambda: client.get_inference_statistics(name)["model_stats"][0]["inference_stats"]
    it("statistics", lambda: equal(stats()["success"]["count"] > 5 and stats()["fail"]["count"] >= 2 and stats()["compute_infer"]["ns"] > 0, True))
    it("statistics of all", lambda: equal(any(s["name"] == name for s in client.get_inference_statistics()["model_stats"]), True))

    client.unload_model(name)
    it("unloaded, it is not ready", lambda: equal(client.is_model_ready(name), False))
    it("unloaded, it answers no more", lambda: fails(lambda: client.infer(name, whole(model)), InferenceServerException, "not loaded"))
    client.load_model(name)
    it("loaded again, it answers", lambda: answered(client.infer(name, whole(model))))
    client.close()


for server in servers():
    try_server(server["url"], server["model"])
