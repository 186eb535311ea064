// Package mlflow logs a run to an MLflow tracking server through its REST interface
// (https://mlflow.org/docs/latest/rest-api.html, api/2.0), with the standard library alone:
// parameters, metrics, tags and files. Checked with MLflow's own server and client
// (testdata/check.py).
//
// Reading order: client.go, run.go.
package mlflow
