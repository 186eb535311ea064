package bcleval

import "github.com/bcl-go/bcl/cmd/internal/cli"

// commands are the sub-commands; without one, bcl-eval evaluates. A run folder with such a
// name is ./NAME.
var commands = map[string]cli.Main{
	"anomaly": anomaly,
	"embed":   embed,
	"signals": signals,
}
