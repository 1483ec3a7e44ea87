"""Writes events.tfevents beside it: pip install tensorboard, then run it."""

from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

scalars = {"train/loss": 2.25, "weights/conv1.weight": 0.0125, "é": -1e-30}
events = [
    Event(wall_time=1764194400.125, file_version="brain.Event:2"),
    Event(wall_time=1764194401.5, step=5_000_000_000, session_log=SessionLog(status=SessionLog.START)),
    Event(
        wall_time=1764194402.0,
        step=300,
        summary=Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in scalars.items()]),
    ),
]
with open(Path(__file__).parent / "events.tfevents", "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
