// Command bcl-report makes a page that shows a run, or several side by side.
//
// Run "bcl-report --help" for its flags.
package main

import (
	_ "github.com/bcl-go/bcl/cgo/spin" // waiting threads sleep soon
	"github.com/bcl-go/bcl/cmd/internal/bclreport"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch = torch.Version
	cli.Program("bcl-report", bclreport.Main)
}
