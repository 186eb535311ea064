package dataset

import (
	"sync"

	"github.com/bcl-go/bcl/bcl/dataset/synth"
)

// openEmbedded returns the built-in set; every call shares the same images.
var openEmbedded = sync.OnceValue(func() *Place {
	set := synth.New(synth.Default)
	return &Place{
		Kind: Embedded, Path: Embedded,
		Train: set.Part(synth.Train), Probe: set.Part(synth.Probe), Test: set.Part(synth.Test),
	}
})
