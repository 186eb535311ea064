package mlflow_test

import (
	"fmt"

	"github.com/bcl-go/bcl/bcl/mlflow"
)

// An address that is no server's is found before training.
func ExampleNewClient() {
	_, err := mlflow.NewClient("sqlite:///mlflow.db")
	fmt.Println(err)
	// Output: expected the URL of an MLflow server, such as http://127.0.0.1:5000
}
