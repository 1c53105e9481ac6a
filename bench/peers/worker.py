"""The bench's protocol for Python peers: one line of JSON in, one out, nothing in between.

See ../protocol.ts for the messages. Anything a library prints goes to stderr.
"""
import json
import os
import resource
import sys
import time


def serve(begin):
    """`begin(setup)` gives (ready, step_for); `step_for(turn)` gives a function that makes one step."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(message):
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    step_for = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if step_for is None:
                ready, step_for = begin(request)
                say(ready)
                continue
            once = step_for(request)
            for _ in range(request["warm"]):
                once()
            times, loss = [], 0.0
            for _ in range(request["steps"]):
                start = time.perf_counter()
                loss += once()
                times.append(1000 * (time.perf_counter() - start))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            say({"times": times, "loss": loss / max(1, request["steps"]), "peakMiB": peak})
        except Exception as error:  # the bench shows it beside the peer's name
            say({"error": f"{type(error).__name__}: {error}".split("\n")[0][:300]})
