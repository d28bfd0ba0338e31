"""Reads what the trackers wrote with the tools that they are for.

    python3 check-trackers.py FOLDER

FOLDER holds tensorboard/ and trackio/ of one run whose rows stand in metrics.jsonl. Needs
tensorboard and trackio. Ends with 1 where a number differs.
"""

import json
import os
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
os.environ["TRACKIO_DIR"] = str(folder / "trackio")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from trackio.sqlite_storage import SQLiteStorage

rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
skip = {"step", "time"}

board = EventAccumulator(str(folder / "tensorboard"), size_guidance={"scalars": 0})
board.Reload()
found = {tag: {e.step: e.value for e in board.Scalars(tag)} for tag in board.Tags()["scalars"]}
checked = 0
for row in rows:
    for name, value in row.items():
        if name in skip:
            continue
        tag = "eval/" + name[5:] if name.startswith("eval_") else "train/" + name
        assert abs(found[tag][row["step"]] - value) <= 1e-6 * abs(value), (tag, row)
        checked += 1
assert checked == sum(len(steps) for steps in found.values()), "stray scalars"
assert "config/text_summary" in board.Tags()["tensors"], "no settings"
print(f"tensorboard: {checked} scalars, {len(found)} tags, settings")

project = next((folder / "trackio").glob("*.db")).stem
SQLiteStorage.init_db(project)
runs = SQLiteStorage.get_runs(project)
assert len(runs) == 1, runs
logs = SQLiteStorage.get_logs(project, runs[0])
assert len(logs) == len(rows), (len(logs), len(rows))
for log, row in zip(logs, rows):
    for name, value in row.items():
        if name not in skip:
            assert log[name] == value, (log, row)
    assert log["step"] == row["step"]
config = SQLiteStorage.get_run_config(project, runs[0])
assert config and "learning_rate" in config, config
print(f"trackio: run {runs[0]} of {project}, {len(logs)} rows, {len(config)} settings")
