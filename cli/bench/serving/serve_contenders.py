"""The servers that are compared: how each is started, which protocols it has and where.

Of settings, those that were fastest when these lines were written. Two workers are one for each of two
processors.
"""
import contextlib
import os
import subprocess

import serve_processes

RIVALS_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "serve_rivals")
VERSIONS = "import sys, importlib.metadata as m\nprint(*(p + ' ' + m.version(p) for p in sys.argv[1:]), sep=', ')"
UVICORN = "{python} -m uvicorn --workers 2 --host 127.0.0.1 --port {port} --no-access-log --log-level error"
OIP = "/v2/models/emnist"


class Contender:
    """group: whose Python it is for. packages: what must be there in it. command: words with
    {python}, {here}, and {port}, {port2}, {port3}. protocols: {name: path}. ready: a path that
    answers 200 from when the server is ready; None: any answer will do."""

    def __init__(self, name, group, packages, command, protocols, ready=None):
        self.name, self.group, self.packages = name, group, packages.split()
        self.command, self.protocols, self.ready = command.split(), protocols, ready

    def versions(self, python):
        """The packages' versions as text; None where one is not installed."""
        with contextlib.suppress(OSError):
            shown = subprocess.run([python, "-c", VERSIONS, *self.packages], capture_output=True, text=True)
            if shown.returncode == 0:
                return shown.stdout.strip()
        return None

    def server(self, program, model, log):
        """program: the Python, or emnist."""
        ports = serve_processes.free_ports(3)
        names = dict(zip(("port", "port2", "port3"), ports), python=program, here=RIVALS_FOLDER)
        environment = {"MODEL": os.path.abspath(model), "PYTHONPATH": RIVALS_FOLDER, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [word.format(**names) for word in self.command]
        return serve_processes.Server(command, ports[0], self.ready, log, environment)


EMNIST = Contender(
    "emnist",
    None,
    "",
    "{python} serve --quiet --listen 127.0.0.1:{port}",
    {
        "instances": "/v1/models/emnist:predict",
        "v2": f"{OIP}/infer",
        "v2-binary": f"{OIP}/infer",
        "graphpipe": "/",
        "image": "/classify",
    },
    "/healthz",
)
RIVALS = [
    Contender(
        "flask",
        "web",
        "flask werkzeug onnxruntime",
        "{python} {here}/flask_app.py {port}",
        {"instances": "/"},
    ),
    Contender(
        "gunicorn",
        "web",
        "gunicorn flask onnxruntime",
        "{python} -m gunicorn --workers 2 --worker-class gthread --threads 8 --keep-alive 75"
        " --bind 127.0.0.1:{port} --log-level error flask_app:app",
        {"instances": "/"},
    ),
    Contender(
        "fastapi",
        "web",
        "fastapi pydantic uvicorn httptools uvloop onnxruntime",
        f"{UVICORN} fastapi_app:app",
        {"instances": "/"},
    ),
    Contender(
        "fastapi-orjson",
        "web",
        "fastapi orjson uvicorn httptools uvloop onnxruntime",
        f"{UVICORN} fastapi_app:app",
        {"instances": "/orjson"},
    ),
    Contender(
        "mlserver",
        "mlserver",
        "mlserver httptools uvloop onnxruntime",
        "{python} {here}/mlserver_app.py {port} {port2} {port3}",
        {"v2": f"{OIP}/infer"},
        f"{OIP}/ready",
    ),
    Contender(
        "triton",
        "triton",
        "nvidia-pytriton onnxruntime",
        "{python} {here}/triton_app.py {port} {port2} {port3}",
        {"v2": f"{OIP}/infer", "v2-binary": f"{OIP}/infer"},
        f"{OIP}/ready",
    ),
]
