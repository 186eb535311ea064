package dataset

import (
	"sync"

	"github.com/bcl-go/bcl/bcl/dataset/synth"
)

// openEmbedded returns the built-in set; every call shares the same images.
var openEmbedded = sync.OnceValue(func() *Place {
	part := synth.Default.Part
	return &Place{Kind: Embedded, Path: Embedded, Train: part(synth.Train), Probe: part(synth.Probe), Test: part(synth.Test)}
})
