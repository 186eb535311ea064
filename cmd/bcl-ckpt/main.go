// Command bcl-ckpt inspects checkpoints, converts them between formats and naming
// schemes, compares and verifies them.
//
// Run "bcl-ckpt --help" for its sub-commands.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/bclckpt"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch = torch.Version
	cli.Program("bcl-ckpt", bclckpt.Main)
}
