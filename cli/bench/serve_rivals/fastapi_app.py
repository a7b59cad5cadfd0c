"""The same route in FastAPI, twice: as its documentation has it, with a model of the body, and by hand.

    uvicorn fastapi_app:app

POST / checks every number by pydantic. POST /orjson leaves all checks out: orjson parses and prints.
"""
import onnx_network
import orjson
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel

app = FastAPI()


class Body(BaseModel):
    instances: list[list[float]]


class Answer(BaseModel):
    predictions: list[list[float]]


@app.post("/")
async def predict(body: Body) -> Answer:
    return Answer(predictions=onnx_network.run_list(body.instances).tolist())


@app.post("/orjson")
async def predict_orjson(request: Request) -> Response:
    scores = onnx_network.run_list(orjson.loads(await request.body())["instances"])
    answer = orjson.dumps({"predictions": scores}, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(answer, media_type="application/json")
