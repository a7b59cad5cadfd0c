"""serving - a server and TAP lines for the tests with other programs' clients."""
import contextlib
import csv
import io
import re
import signal
import subprocess


class Tap:
    """Counts tests, and prints them as TAP."""

    def __init__(self):
        self.n = self.n_failed = 0

    def ok(self, name, condition, explanation=""):
        self.n += 1
        self.n_failed += not condition
        print(f"{'ok' if condition else 'not ok'} {self.n} - {name}", flush=True)
        if not condition and explanation:
            print("# " + str(explanation).replace("\n", "\n# "))

    def equal(self, name, got, wanted):
        self.ok(name, got == wanted, f"wanted: {wanted}\ngot:    {got}")

    def skip(self, name, reason):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {reason}")

    def refuses(self, name, function, text):
        """Passes if the function raises an exception that says this."""
        try:
            function()
        except Exception as error:
            self.ok(name, text in str(error), error)
        else:
            self.ok(name, False, "was accepted")

    def finish(self):
        print(f"1..{self.n}")
        return self.n_failed > 0


@contextlib.contextmanager
def serve(program, *arguments):
    """The address of a server, http://127.0.0.1:PORT."""
    server = subprocess.Popen([program, "serve", "--listen", "127.0.0.1:0", *arguments],
                              stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    try:
        found = None
        while not found:
            line = server.stderr.readline()
            if not line:
                raise RuntimeError("the server did not start")
            found = re.search(r"http://[^\s/]+", line)
        yield found.group()
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()


def classify(program, *paths):
    """The label of each image, and the probabilities of all classes by their labels."""
    text = subprocess.run([program, "classify", "--probabilities", "-f", "csv", *paths],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    answers = []
    for row in csv.DictReader(io.StringIO(text)):
        columns = list(row.items())
        answers.append((row["label"], [float(value) for _, value in columns[4:]]))
    return answers
