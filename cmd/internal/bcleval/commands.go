package bcleval

import "io"

// commands are the sub-commands, each with the arguments after its name; without one,
// bcl-eval evaluates. A run folder with such a name is ./NAME.
var commands = map[string]func(args []string, stdout, stderr io.Writer) int{
	"anomaly": anomaly,
	"embed":   embed,
	"signals": signals,
}
