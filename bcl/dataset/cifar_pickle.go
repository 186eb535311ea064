package dataset

import "errors"

// cifarPickle is the form for Python: a pickled dict for each file.
type cifarPickle struct {
	meta      string // file with the class names
	namesKey  string // their key in it
	labelsKey string // key of a batch's labels
}

var errNoPickle = errors.New("the Python form of CIFAR cannot be read yet; use the binary form")

func (p cifarPickle) names(string, int) ([]string, error) { return nil, errNoPickle }
func (p cifarPickle) file(string, int, int, *cifar) error { return errNoPickle }
