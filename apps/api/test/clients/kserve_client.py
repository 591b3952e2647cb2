"""KServe's InferenceRESTClient against the service."""

import asyncio
import math

import httpx
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from report import check, equal, fails, same_answers, servers, tensor


def request(model, binary, name="features"):
    values = tensor(model)
    tensor_input = InferInput(name, list(values.shape), "FP64")
    if binary:
        tensor_input.set_data_from_numpy(values, binary_data=True)
    else:
        tensor_input.data = [None if math.isnan(value) else value for value in values.ravel().tolist()]
    return InferRequest(model_name=model["name"], infer_inputs=[tensor_input], request_id="mine")


async def try_server(url, model):
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    name = model["name"]
    results = {}

    async def ask(what, coroutine):
        try:
            results[what] = (await coroutine, None)
        except Exception as error:
            results[what] = (None, error)

    def value(what):
        found, error = results[what]
        if error is not None:
            raise error
        return found

    await ask("live", client.is_server_live(url))
    await ask("ready", client.is_server_ready(url))
    await ask("model", client.is_model_ready(url, name))
    await ask("another", client.is_model_ready(url, "another"))
    await ask("json", client.infer(url, request(model, False), model_name=name))
    await ask("binary", client.infer(url, request(model, True), model_name=name))
    await ask("wrong", client.infer(url, request(model, False, "another"), model_name=name))
    await client.close()

    def it(what, run):
        check(f"InferenceRESTClient, {name}: {what}", run)

    def answered(what):
        response = value(what)
        equal(response.id, "mine")
        same_answers(model, lambda output: response.get_output_by_name(output).as_numpy())

    it("live", lambda: equal(value("live"), True))
    it("ready", lambda: equal(value("ready"), True))
    it("model ready", lambda: equal(value("model"), True))
    it("another model is not", lambda: equal(value("another"), False))
    it("JSON", lambda: answered("json"))
    it("a binary tensor", lambda: answered("binary"))
    it("an error says what is wrong", lambda: fails(lambda: value("wrong"), httpx.HTTPStatusError, "Input 0 must have as its name"))


for server in servers():
    asyncio.run(try_server(server["url"], server["model"]))
