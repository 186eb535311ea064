package dataset

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/bcl-go/bcl/bcl/dataset/synth"
)

// embedded has the embedded sets that are open, by place; every call shares the same images.
var embedded struct {
	sync.Mutex
	open map[string]*Place
}

// IsEmbedded reports whether place is the embedded set, in any order of its classes:
// "embedded", or "embedded:ORDER" with a [ClassOrder] whose given order is the set's own;
// "embedded:size:N" trains on N images, which are drawn each time they are read.
func IsEmbedded(place string) bool {
	return place == Embedded || strings.HasPrefix(place, Embedded+":")
}

func openEmbedded(place string) (*Place, error) {
	embedded.Lock()
	defer embedded.Unlock()
	if p := embedded.open[place]; p != nil {
		return p, nil
	}
	k := synth.Default
	_, order, named := strings.Cut(place, ":")
	if text, size := strings.CutPrefix(order, "size:"); size {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2 || n > math.MaxUint32 {
			return nil, fmt.Errorf("data set %s: expected %s:size:N with N images, 2 or more", place, Embedded)
		}
		return &Place{Kind: Embedded, Path: place, Train: k.Many(n), Probe: k.Part(synth.Probe), Test: k.Part(synth.Test)}, nil
	}
	if named {
		ranked, err := embeddedOrder(ClassOrder(order))
		if err != nil {
			return nil, fmt.Errorf("data set %s: %w", place, err)
		}
		own := synth.ByFrequency()
		for _, at := range ranked {
			k.ByFrequency = append(k.ByFrequency, own[at])
		}
	}
	p := &Place{Kind: Embedded, Path: place, Train: k.Part(synth.Train), Probe: k.Part(synth.Probe), Test: k.Part(synth.Test)}
	if embedded.open == nil {
		embedded.open = map[string]*Place{}
	}
	embedded.open[place] = p
	return p, nil
}

// embeddedOrder is an order of the places in the set's own.
func embeddedOrder(o ClassOrder) ([]int, error) {
	if o == "" || o == NumPyOrder {
		return nil, fmt.Errorf("class order %q, expected %s, %s or %sN after %q", o, GivenOrder, ReverseOrder, seedOrder, Embedded+":")
	}
	return o.classes(len(synth.ByFrequency()), 0, nil)
}
