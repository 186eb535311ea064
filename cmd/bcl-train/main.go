// Command bcl-train trains SimCLR or Boosted Contrastive Learning on a set of
// images.
//
// Run "bcl-train --help" for its flags.
package main

import (
	"github.com/bcl-go/bcl/cmd/internal/bcltrain"
	"github.com/bcl-go/bcl/cmd/internal/cli"
	"github.com/bcl-go/bcl/cmd/internal/device"
	"github.com/bcl-go/bcl/torch"
)

func main() {
	cli.Libtorch, cli.Describe = torch.Version, device.Describe
	cli.Program("bcl-train", bcltrain.Main)
}
