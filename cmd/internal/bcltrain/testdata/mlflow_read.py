"""Reads a run of two evaluated epochs back with MLflow's client: mlflow_read.py URL"""
import sys
from importlib.metadata import version

from mlflow.tracking import MlflowClient

client = MlflowClient(sys.argv[1])
(run,) = client.search_runs([client.get_experiment_by_name("bcl").experiment_id])
assert run.info.status == "FINISHED", run.info
assert run.data.params["epochs"] == "2", run.data.params
history = client.get_metric_history(run.info.run_id, "train/loss")
assert [m.step for m in history] == [1, 2], history
assert "eval/knn/top1" in run.data.metrics, run.data.metrics
assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["report.html"]
print("read by mlflow", version("mlflow"))
