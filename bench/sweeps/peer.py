"""Optuna's own samplers and pruners on the recorded problems: reads the problems from stdin, prints outcomes as JSON."""

import json
import math
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def nearest(setting, value):
    scale = math.log if setting["log"] else float
    return min(setting["grid"], key=lambda one: abs(scale(one) - scale(value)))


def suggested(trial, problem):
    """The recorded point nearest to what the sampler chose, as the key of the table."""
    values, key = {}, []
    for setting in problem["settings"]:
        path = setting["path"]
        if any(values.get(other) not in allowed for other, allowed in setting["when"].items()):
            key.append("-")
            continue
        if setting["type"] == "choice":
            value = trial.suggest_categorical(path, setting["values"])
            values[path] = value
            key.append(str(setting["values"].index(value)))
            continue
        if setting["type"] == "int":
            value = trial.suggest_int(path, setting["low"], setting["high"], step=setting["step"], log=setting["log"])
        else:
            value = trial.suggest_float(path, setting["low"], setting["high"], log=setting["log"])
        key.append(setting["keys"][setting["grid"].index(nearest(setting, value))])
    return " ".join(key)


def sampler_of(name, seed):
    return {"random": optuna.samplers.RandomSampler, "tpe": optuna.samplers.TPESampler}[name](seed=seed)


def pruner_of(name):
    if name == "none":
        return optuna.pruners.NopPruner()
    return optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=4)


def outcome(problem, search, seed, trials):
    study = optuna.create_study(sampler=sampler_of(search["search"], seed), pruner=pruner_of(search["prune"]))
    epochs = 0

    def objective(trial):
        nonlocal epochs
        curve = problem["losses"][suggested(trial, problem)]
        for i, loss in enumerate(curve):
            trial.report(loss, i + 1)
            epochs += 1
            if trial.should_prune() and i + 1 < problem["epochs"]:
                raise optuna.TrialPruned()
        if len(curve) < problem["epochs"]:
            raise ValueError("diverged")
        return min(curve)

    study.optimize(objective, n_trials=trials, catch=(ValueError,))
    complete = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    return {"best": min((trial.value for trial in complete), default=None), "epochs": epochs}


task = json.load(sys.stdin)
print(
    json.dumps(
        {
            "version": optuna.__version__,
            "outcomes": [
                [
                    [outcome(problem, search, seed, task["trials"]) for seed in range(task["repeats"])]
                    for search in task["searches"]
                ]
                for problem in task["problems"]
            ],
        }
    )
)
