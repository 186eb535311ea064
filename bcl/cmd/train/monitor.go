package train

import "github.com/spf13/pflag"

// monitor evaluates the network while it trains.
type monitor struct {
	freq int // epochs
}

func (m *monitor) flags(f *pflag.FlagSet) {
	f.IntVar(&m.freq, "eval-freq", 0, "evaluate after every so many `epochs`; 0: never")
}
