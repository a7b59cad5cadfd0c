"""The blog's web app, its route for programs: POST / with {"instances": [[784 numbers], ...]}.

    flask_app.py PORT     Flask's own server, as the blog runs it, but without its access log
    gunicorn flask_app:app
"""
import json
import sys

import onnx_network
from flask import Flask, Response, request

app = Flask(__name__)


@app.post("/")
def predict():
    scores = onnx_network.run_list(json.loads(request.data)["instances"])
    return Response(json.dumps({"predictions": scores.tolist()}), mimetype="application/json")


if __name__ == "__main__":
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app.run("127.0.0.1", int(sys.argv[1]))
