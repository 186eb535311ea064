"""Reads the event file of a run of two evaluated epochs with TensorBoard, tbparse and trackio."""
import os
import sys
import tempfile
from importlib.metadata import version

from tbparse import SummaryReader
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0})
events.Reload()
tags = events.Tags()
assert [e.step for e in events.Scalars("train/loss")] == [1, 2], events.Scalars("train/loss")
assert "eval/knn/top1" in tags["scalars"], tags
assert set(tags["histograms"]) == {"memory/weight", "memory/momentum_loss"}, tags
assert set(tags["images"]) == {"memory/most_boosted", "memory/least_boosted"}, tags
weights = events.Histograms("memory/weight")[-1].histogram_value
assert weights.num > 2 and sum(weights.bucket) == weights.num and 0 <= weights.min <= weights.max <= 1, weights
text = events.Tensors("config")[0].tensor_proto.string_val[0].decode()
assert "| method |" in text, text
raw = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
settings = plugin_data_pb2.HParamsPluginData.FromString(raw).session_start_info.hparams
assert settings["epochs"].number_value == 2 and settings["method"].string_value, settings

frame = SummaryReader(sys.argv[1]).scalars
loss = frame[frame.tag == "train/loss"]
assert list(loss.step) == [1, 2], loss

# trackio copies the scalars into a store of its own.
with tempfile.TemporaryDirectory() as store:
    os.environ["TRACKIO_DIR"] = store
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    trackio.import_tf_events(sys.argv[1], project="bcl", name="run", force=True)
    (run,) = SQLiteStorage.get_runs("bcl")
    logs = SQLiteStorage.get_logs("bcl", run)
    assert [x["step"] for x in logs if "train/loss" in x] == [1, 2], logs

print("read by", ", ".join(f"{name} {version(name)}" for name in ["tensorboard", "tbparse", "trackio"]))
