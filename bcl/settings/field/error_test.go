package field

import (
	"errors"
	"testing"
)

func TestError(t *testing.T) {
	err := In("Model", Expect(false, "Width", 0, "at least 1"))
	if want := "Model.Width is 0, expected at least 1"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := In("Model", Expect(true, "Width", 64, "at least 1")); err != nil {
		t.Error(err)
	}
	if other := errors.New("no file"); In("Model", other) != other {
		t.Error("another error has changed")
	}
}
